import type { Shell } from './program-words.ts'

/**
 * The script that a shell reads. It asks the program itself for every word, under the name that was typed, so that it can
 * never be of another version. Answers are lines `value<TAB>description`; the only line `:files` leaves it to the shell.
 * Names that are untrusted are quoted by the shell (`%q`, compadd) or by itself (fish); the program sends no control byte.
 */
export function completionScript(shell: Shell): string {
  return SCRIPTS[shell]
}

const BASH = String.raw`# bash completion for shardscope: source <(shardscope completion bash)
_shardscope() {
  local line value quoted
  local -a answer=()
  COMPREPLY=()
  while IFS= read -r line; do answer+=("$line"); done < <(
    "$1" complete bash "${'$'}{COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null </dev/null
  )
  if [ "${'$'}{answer[0]-}" = ':files' ]; then
    compopt -o default -o bashdefault
    return 0
  fi
  for line in "${'$'}{answer[@]}"; do
    value=${'$'}{line%%$'\t'*}
    [ -n "$value" ] || continue
    printf -v quoted '%q' "$value"
    COMPREPLY+=("$quoted")
  done
  # A flag that waits for its value after =, or a list that goes on, is no finished word.
  if [ "${'$'}{#COMPREPLY[@]}" -eq 1 ] && [[ ${'$'}{COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi
  return 0
}
complete -F _shardscope shardscope
`

const ZSH = String.raw`#compdef shardscope
# zsh completion for shardscope, after compinit: source <(shardscope completion zsh)
_shardscope() {
  local line tab=$'\t'
  local -a answer values shown
  answer=("${'$'}{(@f)$("${'$'}{words[1]}" complete zsh "${'$'}{(@)words[2,CURRENT]}" 2>/dev/null </dev/null)}")
  if [[ "${'$'}{answer[1]}" == ':files' ]]; then
    _files
    return
  fi
  for line in "${'$'}{answer[@]}"; do
    [[ -n "$line" ]] || continue
    values+=("${'$'}{line%%$tab*}")
    if [[ "$line" == *$tab* ]]; then
      shown+=("${'$'}{line%%$tab*}  -- ${'$'}{line#*$tab}")
    else
      shown+=("$line")
    fi
  done
  (( $#values )) || return 1
  compadd -l -d shown -a values
}
(( $+functions[compdef] )) && compdef _shardscope shardscope
`

const FISH = String.raw`# fish completion for shardscope: shardscope completion fish | source
function __shardscope_complete
  set -l typed (commandline -opc)
  set -l current (commandline -ct)
  set -l answer ($typed[1] complete fish $typed[2..-1] -- "$current" 2>/dev/null </dev/null)
  if test "$answer[1]" = ':files'
    __fish_complete_path "$current"
    return
  end
  for line in $answer
    test -n "$line"; and printf '%s\n' $line
  end
end
complete -c shardscope -f -a '(__shardscope_complete)'
`

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH }
