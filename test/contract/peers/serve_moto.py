"""moto's server on loopback, at a port of the system's choice. It ends with the process that started it."""

import os
import threading

from moto.server import main


def end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()
main(["-H", "127.0.0.1", "-p", "0"])
