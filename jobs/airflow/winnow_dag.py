"""Winnow on EMR: for each pipeline of the Airflow variable `winnow`, three DAGs with the same code on EC2 and Serverless.

`winnow_<pipeline>_daily` runs the day's stages and publishes a round; `winnow_<pipeline>_labels` brings answers back;
`winnow_<pipeline>_upkeep` keeps the tables of the warehouse small, once a week.
What is submitted are the templates of the release that `scripts/deploy` put on S3, so sizes and Spark settings stand
there alone. `jobs/README.md` explains the variable, the pool and backfills.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import sys
from datetime import timedelta

import pendulum
from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
from airflow.providers.amazon.aws.hooks.emr import EmrHook, EmrServerlessHook
from airflow.providers.amazon.aws.hooks.s3 import S3Hook
from airflow.providers.amazon.aws.triggers.emr import EmrServerlessStartJobTrigger, EmrStepSensorTrigger
from airflow.providers.standard.triggers.temporal import TimeDeltaTrigger
from airflow.sdk import DAG, BaseOperator, CronDataIntervalTimetable, Param, Variable, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException

log = logging.getLogger(__name__)

DEFAULTS = {
    "cluster": None,  # id (j-...) or name of a running cluster, or
    "application_id": None,  # an application of EMR Serverless with
    "execution_role": None,  # the role of its job runs and
    "logs": None,  # where they log, such as s3://bucket/logs/
    "schedule": "0 6 * * *",  # UTC; the run stands for the day on which its data interval begins
    "upkeep": "0 15 * * 6",  # UTC; None where another pipeline's DAG keeps the warehouse
    "start_date": "2026-01-01",
    "catchup": False,
    "qa_batches": [],  # weekdays (0 is Monday) whose alarms are reviewed in bulk, after the day's round
    "launch": False,  # whether labeling jobs are created and watched, not only their manifests published
    "bedrock_batch": False,  # with analysis.provider = bedrock-batch: wait for its jobs without a cluster
    "ground_truth": False,  # bring answers back only after a labeling job of Ground Truth ended
    "retries": 5,
    "retry_minutes": 10,
    "poll_seconds": 60,
    "pool": "winnow_writer",  # one slot, deferred tasks included: a warehouse has one writer at a time
    "owner": "winnow",
    "aws_conn_id": "aws_default",
    "region": None,
}

# A manual run may have no data interval: then the parameter says which day it stands for.
RUN_DATE = "{{ params.run_date or data_interval_start | ds }}"


def split(uri: str) -> tuple[str, str]:
    """Returns bucket and key of an s3:// URI."""
    bucket, _, key = re.sub("^s3a?://", "", uri).partition("/")
    return bucket, key


class OnCluster:
    """Steps of a cluster of EMR on EC2."""

    ACTIVE = ("PENDING", "RUNNING", "CANCEL_PENDING")

    def __init__(self, settings: dict):
        self.settings = settings
        self.aws = {"aws_conn_id": settings["aws_conn_id"], "region_name": settings["region"]}
        self.emr = EmrHook(**self.aws)

    def template(self, name: str) -> str:
        return f"emr/{name}.json"

    def cluster(self) -> str:
        name = self.settings["cluster"]
        found = name if name.startswith("j-") else self.emr.get_cluster_id_by_name(name, ["RUNNING", "WAITING"])
        if not found:
            raise AirflowException(f"no running cluster is named {name}: start it, or correct the variable winnow")
        return found

    def name(self, request) -> str:
        return request[0]["Name"]

    def add_arguments(self, request, arguments: list[str]) -> None:
        request[0]["HadoopJarStep"]["Args"] += arguments

    def active(self, name: str) -> dict | None:
        cluster = self.cluster()
        pages = self.emr.conn.get_paginator("list_steps").paginate(ClusterId=cluster, StepStates=list(self.ACTIVE))
        ids = [step["Id"] for page in pages for step in page["Steps"] if step["Name"] == name]
        return {"cluster": cluster, "id": ids[0]} if ids else None

    def submit(self, request) -> dict:
        cluster = self.cluster()
        # This call has no token: sent again after a lost answer it would add a second step. The next try looks first.
        once = EmrHook(**self.aws, config={"retries": {"total_max_attempts": 1}})
        return {"cluster": cluster, "id": once.conn.add_job_flow_steps(JobFlowId=cluster, Steps=request)["StepIds"][0]}

    def look(self, job: dict) -> tuple[str, str, list[str]]:
        step = self.emr.conn.describe_step(ClusterId=job["cluster"], StepId=job["id"])["Step"]
        details = step["Status"].get("FailureDetails", {})
        reason = details.get("Message") or details.get("Reason") or ""
        return step["Status"]["State"], reason, step["Config"]["Args"]

    def trigger(self, job: dict):
        return EmrStepSensorTrigger(
            job_flow_id=job["cluster"],
            step_id=job["id"],
            waiter_delay=self.settings["poll_seconds"],
            waiter_max_attempts=sys.maxsize,
            **self.aws,
        )


class OnServerless:
    """Job runs of an application of EMR Serverless."""

    ACTIVE = ("SUBMITTED", "PENDING", "SCHEDULED", "QUEUED", "RUNNING", "CANCELLING")

    def __init__(self, settings: dict):
        self.settings = settings
        self.application = settings["application_id"]
        self.aws = {"aws_conn_id": settings["aws_conn_id"], "region_name": settings["region"]}
        self.emr = EmrServerlessHook(**self.aws)

    def template(self, name: str) -> str:
        return f"emr-serverless/{name}.json"

    def name(self, request) -> str:
        return request["name"]

    def add_arguments(self, request, arguments: list[str]) -> None:
        request["jobDriver"]["sparkSubmit"]["entryPointArguments"] += arguments

    def active(self, name: str) -> dict | None:
        pages = self.emr.conn.get_paginator("list_job_runs").paginate(
            applicationId=self.application, states=list(self.ACTIVE)
        )
        ids = [run["id"] for page in pages for run in page["jobRuns"] if run.get("name") == name]
        return {"id": ids[0]} if ids else None

    def submit(self, request) -> dict:
        return {"id": self.emr.conn.start_job_run(**request)["jobRunId"]}

    def look(self, job: dict) -> tuple[str, str, list[str]]:
        run = self.emr.conn.get_job_run(applicationId=self.application, jobRunId=job["id"])["jobRun"]
        arguments = run["jobDriver"]["sparkSubmit"].get("entryPointArguments", [])
        return run["state"], run.get("stateDetails", ""), arguments

    def trigger(self, job: dict):
        return EmrServerlessStartJobTrigger(
            application_id=self.application,
            job_id=job["id"],
            waiter_delay=self.settings["poll_seconds"],
            waiter_max_attempts=sys.maxsize,
            cancel_on_kill=False,
            **self.aws,
        )


class WinnowJob(BaseOperator):
    """
    Runs a command of Winnow and waits for it without a worker.

    A job of the same name that still runs, left by an earlier try, is waited for instead of a second one being
    submitted. No job is ever cancelled from here: a task that is cleared or killed finds its job again. Whether a
    failed job is worth another try says the copy of its attempt file that `--summary` puts where this task asks for it.

    :param settings: an entry of the variable `winnow`, with defaults
    :param job: name of a template of the release, such as `segments`
    :param run_date: the day that the run stands for
    """

    template_fields = ("job", "run_date", "settings")

    def __init__(self, *, settings: dict, job: str, run_date: str = RUN_DATE, **kwargs):
        super().__init__(**kwargs)
        self.settings = settings
        self.job = job
        self.run_date = run_date

    def execute(self, context):
        platform = self.platform()
        request = self.request(platform, context)
        name = platform.name(request)
        running = platform.active(name)
        if running:
            self.log.info("%s still runs as %s: waiting for it", name, running["id"])
        else:
            running = platform.submit(request)
            self.log.info("submitted %s as %s", name, running["id"])
        context["ti"].xcom_push("job", running)
        self.wait(platform, running)

    def platform(self):
        return OnCluster(self.settings) if self.settings["cluster"] else OnServerless(self.settings)

    def request(self, platform, context):
        """Returns what is submitted: the release's template with the rest of its placeholders filled."""
        ti = context["ti"]
        unique = "|".join([ti.dag_id, ti.task_id, ti.run_id, self.run_date, str(ti.try_number)])
        token = hashlib.sha256(unique.encode()).hexdigest()[:32]  # a request that is sent twice starts one job run
        values = {
            "RUN_DATE": self.run_date,
            "CLIENT_TOKEN": token,
            "APPLICATION_ID": self.settings["application_id"],
            "EXECUTION_ROLE": self.settings["execution_role"],
            "LOGS": self.settings["logs"],
        }
        text = self.read(f"{self.settings['release']}/{platform.template(self.job)}")
        for key, value in values.items():
            text = text.replace("${" + key + "}", str(value))
        if left := re.search(r"\$\{\w+}", text):
            raise AirflowFailException(f"the template {self.job} has a placeholder that nothing fills: {left.group()}")
        request = json.loads(text)
        summary = f"{self.settings['warehouse']}/_winnow/summaries/{self.run_date}/{self.job}-{token}.json"
        platform.add_arguments(request, ["--summary", summary])
        return request

    def wait(self, platform, job: dict) -> None:
        self.defer(trigger=platform.trigger(job), method_name="finish")

    def resume_execution(self, next_method, next_kwargs, context):
        """Goes on when waiting ended, also when it broke: the job may be done, and another try would run it again."""
        if next_method == "finish":
            return super().resume_execution(next_method, next_kwargs, context)
        self.log.warning("waiting broke, the service is asked in a while: %s", next_kwargs)
        self.defer(
            trigger=TimeDeltaTrigger(timedelta(seconds=self.settings["poll_seconds"])), method_name="finish"
        )

    def finish(self, context, event=None):
        """Returns the summary of a job that is done; what the trigger says is not asked, what the service says is."""
        platform = self.platform()
        job = context["ti"].xcom_pull(task_ids=self.task_id, key="job")
        state, reason, arguments = platform.look(job)
        if state in platform.ACTIVE:
            self.log.warning("%s is %s, but waiting ended (%s): waiting again", job["id"], state, event)
            self.wait(platform, job)
        summary = self.summary(arguments)
        if state in ("COMPLETED", "SUCCESS"):
            return summary
        what = f"{self.job} of {self.run_date} ({job['id']})"
        if state == "CANCELLED":
            raise AirflowFailException(f"{what} was cancelled {reason}: clear this task to run it again")
        if summary and not summary["retryable"]:
            raise AirflowFailException(f"{what} failed for good, exit code {summary['exit_code']}: {summary['sentence']}")
        raise AirflowException(f"{what} is {state}: {summary['sentence'] if summary else reason or 'no word of why'}")

    def summary(self, arguments: list[str]) -> dict | None:
        """Returns what the job said of itself; None if it could not, as when its machine died."""
        if "--summary" not in arguments:
            return None
        bucket, key = split(arguments[arguments.index("--summary") + 1])
        s3 = S3Hook(self.settings["aws_conn_id"], region_name=self.settings["region"])
        return json.loads(s3.read_key(key, bucket)) if s3.check_for_key(key, bucket) else None

    def read(self, uri: str) -> str:
        bucket, key = split(uri)
        return S3Hook(self.settings["aws_conn_id"], region_name=self.settings["region"]).read_key(key, bucket)


@task.short_circuit(ignore_downstream_trigger_rules=False)
def rounds_go_forward(settings: dict, pipeline: str, run_date: str, dag_run=None, params=None):
    """Goes on unless a later round is sealed already, or a backfill did not ask for rounds."""
    if dag_run.run_type == "backfill" and not params["rounds"]:
        log.info("a backfill makes no round unless its configuration says rounds = true")
        return False
    bucket, prefix = split(f"{settings['labeling'].rstrip('/')}/{pipeline}/rounds/")
    s3 = S3Hook(settings["aws_conn_id"], region_name=settings["region"])
    keys = s3.list_keys(bucket, prefix=prefix, start_after_key=prefix + run_date) or []
    dates = [match.group(1) for key in keys if (match := re.search(r"/(\d{4}-\d{2}-\d{2})\.\d+/round\.json$", key))]
    later = [date for date in dates if date > run_date]
    if later:
        log.info("a round of %s is sealed, so none is made for %s", max(later), run_date)
    return not later


@task.short_circuit
def is_reviewed(weekdays: list[int], run_date: str):
    """Goes on where alarms of the day are to be reviewed in bulk."""
    return pendulum.parse(run_date).weekday() in weekdays


@task.short_circuit
def answers_came_back(settings: dict, pipeline: str, data_interval_start=None):
    """Goes on when a labeling job ended since the day began; a run without a data interval was started by hand."""
    if data_interval_start is None:
        return True
    sagemaker = AwsBaseHook(settings["aws_conn_id"], client_type="sagemaker", region_name=settings["region"]).conn
    pages = sagemaker.get_paginator("list_labeling_jobs").paginate(
        NameContains=pipeline, LastModifiedTimeAfter=data_interval_start
    )
    jobs = [job for page in pages for job in page["LabelingJobSummaryList"]]
    return any(job["LabelingJobStatus"] in ("Completed", "Stopped", "Failed") for job in jobs)


def analyzed(settings: dict, pipeline: str, run_date: str) -> bool:
    """Says whether a task `analyze` of the day is done, by the summaries: a warehouse may hold several pipelines."""
    bucket, prefix = split(f"{settings['warehouse']}/_winnow/summaries/{run_date}/analyze-")
    s3 = S3Hook(settings["aws_conn_id"], region_name=settings["region"])
    keys = s3.list_keys(bucket, prefix=prefix) or []
    own = [key for key in keys if not key.startswith(f"{prefix}collect-")]
    summaries = (json.loads(s3.read_key(key, bucket)) for key in own)
    return any(summary["pipeline"] == pipeline and summary["exit_code"] == 0 for summary in summaries)


@task.sensor(mode="reschedule", poke_interval=600, timeout=timedelta(days=7).total_seconds())
def batch_jobs_ended(settings: dict, pipeline: str, run_date: str) -> bool:
    """
    Waits until no batch job of Bedrock that `analyze` submitted for the day is on its way.

    Before `analyze` is done there is none yet, which is no end. Names of jobs hold the day alone: a pipeline of the same
    account may be waited for, too.
    """
    if not analyzed(settings, pipeline, run_date):
        return False
    bedrock = AwsBaseHook(settings["aws_conn_id"], client_type="bedrock", region_name=settings["region"]).conn
    pages = bedrock.get_paginator("list_model_invocation_jobs").paginate(nameContains=f"winnow-{run_date}-")
    ended = ("Completed", "PartiallyCompleted", "Expired", "Stopped", "Failed")
    return all(job["status"] in ended for page in pages for job in page["invocationJobSummaries"])


def checked(pipeline: str, entry: dict) -> dict:
    """Returns the settings of a pipeline; a DAG that could not run must not appear."""
    settings = {**DEFAULTS, **entry}
    required = ["release", "warehouse", "labeling"]
    if not settings["cluster"]:
        required += ["application_id", "execution_role", "logs"]
    missing = [key for key in required if not settings.get(key)]
    unknown = sorted(set(settings) - set(DEFAULTS) - {"release", "warehouse", "labeling"})
    if missing or unknown:
        raise ValueError(f"variable winnow, pipeline {pipeline}: missing {missing}, unknown {unknown}")
    return {**settings, **{key: settings[key].rstrip("/") for key in ("release", "warehouse", "labeling")}}


def dag(
    pipeline: str, kind: str, settings: dict, description: str, params: dict, runs: int = 1, schedule: str = "schedule"
) -> DAG:
    return DAG(
        f"winnow_{pipeline}_{kind}",
        description=description,
        # Not the plain cron string: its data interval would be empty and the run stand for the wrong day.
        schedule=CronDataIntervalTimetable(settings[schedule], timezone="UTC"),
        start_date=pendulum.parse(settings["start_date"], tz="UTC"),
        catchup=settings["catchup"],
        max_active_runs=runs,
        default_args={
            "owner": settings["owner"],
            "retries": settings["retries"],
            "retry_delay": timedelta(minutes=settings["retry_minutes"]),
        },
        params={
            "run_date": Param(None, type=["null", "string"], format="date", description="Day of a manual run"),
            **params,
        },
        tags=["winnow", pipeline],
        doc_md=__doc__,
    )


def daily(pipeline: str, settings: dict) -> DAG:
    rounds = {"rounds": Param(False, type="boolean", description="Whether a backfill makes rounds")}
    with dag(pipeline, "daily", settings, "What to label next: the day's stages, a round, the report", rounds) as made:

        def run(job: str, **more) -> WinnowJob:
            return WinnowJob(task_id=job, job=job, settings=settings, pool=settings["pool"], **more)

        publish = run("manifests-launch" if settings["launch"] else "manifests")
        stages = run("segments") >> run("analyze") >> run("candidates")
        forward = rounds_go_forward(settings, pipeline, RUN_DATE)
        stages >> forward >> run("select") >> publish
        # Also a day without a round of its own has a report.
        [stages, publish] >> run("report", trigger_rule="none_failed")
        if settings["qa_batches"]:
            reviews = run("qa-batches-launch" if settings["launch"] else "qa-batches")
            publish >> is_reviewed(settings["qa_batches"], RUN_DATE) >> reviews
    return made


def labels(pipeline: str, settings: dict) -> DAG:
    runs = 8 if settings["bedrock_batch"] else 1  # a batch job may take days, the next day's labels don't wait for it
    with dag(pipeline, "labels", settings, "Answers come back and become labels", {}, runs) as made:

        def run(job: str) -> WinnowJob:
            return WinnowJob(task_id=job, job=job, settings=settings, pool=settings["pool"])

        ingest = run("ingest")
        ingest >> run("consensus") >> run("label-qa") >> run("outcomes")
        first = ingest
        if settings["ground_truth"]:
            first = answers_came_back(settings, pipeline)
            first >> ingest
        if settings["launch"]:  # a service knows of no job that was only published
            run("jobs-sync") >> first
        if settings["bedrock_batch"]:
            batch_jobs_ended(settings, pipeline, RUN_DATE) >> run("analyze-collect")
    return made


def upkeep(pipeline: str, settings: dict) -> DAG:
    """All tables of the warehouse, whatever the day: the pool keeps it from meeting who writes."""
    more = {"schedule": "upkeep"}
    with dag(pipeline, "upkeep", {**settings, "catchup": False}, "Small files become few", {}, **more) as made:
        WinnowJob(task_id="maintain", job="maintain", settings=settings, pool=settings["pool"])
    return made


for name, entry in Variable.get("winnow", default={}, deserialize_json=True).items():
    own = checked(name, entry)
    for made in (daily(name, own), labels(name, own), *([upkeep(name, own)] if own["upkeep"] else [])):
        globals()[made.dag_id] = made
