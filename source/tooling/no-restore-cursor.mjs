/** The original shows the cursor at the end through stderr, also where that is a file. The console does so itself. */
export default function restoreCursor() {}
