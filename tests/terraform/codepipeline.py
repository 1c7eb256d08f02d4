"""Stands in for CodePipeline and CodeConnections, which the local AWS does not have.

It keeps what it is given and tells it again, as Terraform asks for it. Nothing runs.
https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_CreatePipeline.html
https://docs.aws.amazon.com/codestar-connections/latest/APIReference/API_CreateConnection.html
"""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_ARN = "arn:aws:{}:eu-central-1:000000000000:{}"


class Kept:
    """What was made, and where the stand-in listens."""

    def __init__(self) -> None:
        self.pipelines: dict[str, Any] = {}
        self.connections: dict[str, Any] = {}
        self.url = ""

    def answer(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """The reply to an operation; KeyError for one that nobody has asked for so far."""
        match operation:
            case "CreatePipeline" | "UpdatePipeline":
                pipeline = {"version": 1, **asked["pipeline"]}
                self.pipelines[pipeline["name"]] = pipeline
                return {"pipeline": pipeline}
            case "GetPipeline":
                arn = _ARN.format("codepipeline", asked["name"])
                return {"pipeline": self.pipelines[asked["name"]], "metadata": {"pipelineArn": arn}}
            case "CreateConnection":
                arn = _ARN.format("codestar-connections", f"connection/{asked['ConnectionName']}")
                self.connections[arn] = {
                    **asked,
                    "ConnectionArn": arn,
                    "ConnectionStatus": "PENDING",
                    "OwnerAccountId": "000000000000",
                }
                return {"ConnectionArn": arn, "Tags": asked.get("Tags", [])}
            case "GetConnection":
                return {"Connection": self.connections[asked["ConnectionArn"]]}
            case "ListTagsForResource":
                # Each service spells it in its own way.
                kept = self.connections.get(asked.get("ResourceArn", ""), {})
                return {"Tags": kept.get("Tags", []), "tags": []}
        raise KeyError(operation)


@contextmanager
def standing_in() -> Iterator[Kept]:
    """The stand-in, while the block runs."""
    kept = Kept()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            body = json.dumps(kept.answer(operation, asked)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield kept
        server.shutdown()
