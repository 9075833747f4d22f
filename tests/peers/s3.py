"""An S3 server in memory for the tests. Prints its port on the first line, then serves until stopped.

Any credentials are accepted and nothing is kept: a bucket lives as long as the process.
"""

import logging

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server


def main() -> None:
    """Serves S3 on a free loopback port, which the operating system chooses."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    application = DomainDispatcherApplication(create_backend_app)
    server = make_server("127.0.0.1", 0, application, threaded=True)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
