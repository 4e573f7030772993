"""EMR, EMR Serverless, S3, SageMaker and Bedrock, as far as the DAG calls them, over HTTP."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import botocore.loaders
import botocore.model
import botocore.validate


class Model:
    """A published service model: says what is wrong with a request."""

    def __init__(self, service: str):
        self.model = botocore.model.ServiceModel(botocore.loaders.Loader().load_service_model(service, "service-2"))

    def problems(self, operation: str, request: dict) -> list[str]:
        shape = self.model.operation_model(operation).input_shape
        report = botocore.validate.ParamValidator().validate(request, shape)
        found = [report.generate_report()] if report.has_errors() else []
        self.texts(shape, request, operation, found)
        return found

    def texts(self, shape, value, at: str, found: list[str]) -> None:
        """Checks what botocore leaves to the service: lengths, patterns and words, and members nobody knows."""
        if shape.type_name == "structure":
            for name, member in value.items():
                if name in shape.members:
                    self.texts(shape.members[name], member, f"{at}.{name}", found)
                else:
                    found.append(f"{at}.{name} is unknown")
        elif shape.type_name == "list":
            for member in value:
                self.texts(shape.member, member, at, found)
        elif shape.type_name == "string":
            limits = shape.metadata
            if not limits.get("min", 0) <= len(value) <= limits.get("max", len(value)):
                found.append(f"{at} has {len(value)} characters")
            if shape.enum and value not in shape.enum:
                found.append(f"{at}: {value} is none of {shape.enum}")
            pattern = limits.get("pattern")
            if pattern and "\\u" not in pattern and not re.search(pattern, value):
                found.append(f"{at}: {value} does not match {pattern}")


class Job:
    """A step or job run: runs for one look, then ends as it is told."""

    def __init__(self, number: int, name: str, arguments: list[str], request: dict, end):
        self.id = f"s-{number:013d}"
        self.name = name
        self.arguments = arguments
        self.request = request
        self.state, self.summary, self.looks = *end, 1


class StandIn:
    """All services on one port; `ends` says how jobs of a name end, in turn, each with what it leaves as summary."""

    def __init__(self):
        self.emr, self.serverless = Model("emr"), Model("emr-serverless")
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_any(self):
                length = int(self.headers.get("Content-Length") or 0)
                status, kind, body = stand_in.answer(self.command, self.path, self.headers, self.rfile.read(length))
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_HEAD = do_POST = do_DELETE = do_PUT = do_any

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.reset()

    def reset(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.jobs: list[Job] = []
        self.tokens: dict[str, Job] = {}
        self.ends: dict[str, list] = {}
        self.problems: list[str] = []
        self.labeling_jobs: list[dict] = []
        self.batch_jobs: list[dict] = []

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, method: str, target: str, headers, body: bytes):
        url = urlsplit(target)
        query = parse_qs(url.query)
        action = headers.get("X-Amz-Target", "")
        try:
            if action:
                return self.json(self.call(action, json.loads(body)))
            if url.path.startswith("/applications/"):
                return self.json(self.rest(method, url.path.split("/")[2:], query, body))
            if url.path == "/model-invocation-jobs":
                wanted = [job for job in self.batch_jobs if query["nameContains"][0] in job["jobName"]]
                return self.json({"invocationJobSummaries": wanted})
            return self.s3(method, unquote(url.path).lstrip("/"), query)
        except ValueError as problem:
            self.problems.append(str(problem))
            return 400, "application/json", json.dumps({"__type": "ValidationException", "message": str(problem)}).encode()

    @staticmethod
    def json(answer):
        return 200, "application/json", json.dumps(answer).encode()

    def call(self, action: str, request: dict) -> dict:
        operation = action.partition(".")[2]
        if operation == "ListLabelingJobs":
            return {"LabelingJobSummaryList": self.labeling_jobs}
        self.refuse(self.emr.problems(operation, request))
        if operation == "ListClusters":
            return {"Clusters": [{"Id": "j-1ABCDEFGHIJKL", "Name": "winnow", "Status": {"State": "WAITING"}}]}
        if operation == "AddJobFlowSteps":
            steps = [self.submit(s["Name"], s["HadoopJarStep"]["Args"], s, "COMPLETED") for s in request["Steps"]]
            return {"StepIds": [step.id for step in steps]}
        if operation == "ListSteps":
            states = request.get("StepStates", [])
            return {"Steps": [self.step(job) for job in self.jobs if self.running(job) in states]}
        if operation == "DescribeStep":
            return {"Step": self.step(self.look(request["StepId"]))}
        raise ValueError(f"nobody may call {operation}")

    def rest(self, method: str, path: list[str], query: dict, body: bytes) -> dict:
        if method == "POST" and path[1:] == ["jobruns"]:
            request = json.loads(body)
            self.refuse(self.serverless.problems("StartJobRun", {"applicationId": path[0], **request}))
            job = self.tokens.get(request["clientToken"])
            if job is None:
                driver = request["jobDriver"]["sparkSubmit"]
                job = self.submit(request["name"], driver["entryPointArguments"], request, "SUCCESS")
                self.tokens[request["clientToken"]] = job
            return {"applicationId": path[0], "jobRunId": job.id, "arn": "arn:aws:emr-serverless:::" + job.id}
        if method == "GET" and path[1:] == ["jobruns"]:
            return {"jobRuns": [self.job_run(job) for job in self.jobs if self.running(job) in query["states"]]}
        if method == "GET" and path[1] == "jobruns":
            return {"jobRun": self.job_run(self.look(path[2]))}
        raise ValueError(f"nobody may call {method} {path}")

    @staticmethod
    def refuse(problems: list[str]) -> None:
        if problems:
            raise ValueError("; ".join(problems))

    def submit(self, name: str, arguments: list[str], request: dict, success: str) -> Job:
        command = name.split()[2]
        ends = self.ends.get(command) or [(success, {"exit_code": 0, "sentence": "done", "retryable": False})]
        job = Job(len(self.jobs) + 1, name, arguments, request, ends.pop(0))
        self.jobs.append(job)
        return job

    def look(self, job_id: str) -> Job:
        job = next(job for job in self.jobs if job.id == job_id)
        job.looks -= 1
        if job.looks < 0 and job.summary and "--summary" in job.arguments:
            place = job.arguments[job.arguments.index("--summary") + 1]
            self.objects[place.removeprefix("s3://")] = json.dumps(job.summary).encode()
        return job

    @staticmethod
    def running(job: Job) -> str:
        return "RUNNING" if job.looks >= 0 else job.state

    def step(self, job: Job) -> dict:
        return {
            "Id": job.id,
            "Name": job.name,
            "Config": {"Jar": "command-runner.jar", "Args": job.arguments},
            "Status": {"State": self.running(job)},
        }

    def job_run(self, job: Job) -> dict:
        return {
            "id": job.id,
            "name": job.name,
            "state": self.running(job),
            "stateDetails": "",
            "jobDriver": {"sparkSubmit": {"entryPoint": "s3://x/winnow.jar", "entryPointArguments": job.arguments}},
        }

    def s3(self, method: str, path: str, query: dict):
        if "list-type" in query:
            prefix = f"{path}/" + query["prefix"][0]
            after = f"{path}/" + query.get("start-after", [""])[0]
            keys = [key.removeprefix(f"{path}/") for key in sorted(self.objects) if key.startswith(prefix) and key > after]
            items = "".join(f"<Contents><Key>{escape(key)}</Key><Size>1</Size><LastModified>2026-11-08T00:00:00Z</LastModified></Contents>" for key in keys)
            listing = f"<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>{len(keys)}</KeyCount>{items}</ListBucketResult>"
            return 200, "application/xml", listing.encode()
        if method not in ("GET", "HEAD"):
            raise ValueError(f"nobody may call {method} {path}")
        if path not in self.objects:
            return 404, "application/xml", b"<Error><Code>NoSuchKey</Code><Message>missing</Message></Error>"
        return 200, "application/octet-stream", self.objects[path]
