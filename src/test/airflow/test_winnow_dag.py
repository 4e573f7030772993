"""The DAG file under a real Airflow, against stand-ins of the services. Run by AirflowIT, in an environment of its own."""

from __future__ import annotations

import json
import os
import pathlib
import sys
import unittest
from datetime import datetime, timezone
from types import SimpleNamespace

from stand_in import StandIn

HOME = pathlib.Path(os.environ["WINNOW_HOME"])
GOLDEN = HOME / "src/test/resources/golden/airflow"
RELEASE = "s3://acme/winnow/releases/0.1.0-0123456789ab"
COMMON = {
    "release": RELEASE,
    "warehouse": "s3://acme/warehouse",
    "labeling": "s3://acme/labeling",
    "retry_minutes": 0,
    "retries": 2,
    "poll_seconds": 0,
}
SERVERLESS = {
    "application_id": "00f1abcd",
    "execution_role": "arn:aws:iam::111122223333:role/winnow-emr",
    "logs": "s3://acme-logs/winnow/",
}
PIPELINES = {
    "yard": {**COMMON, "cluster": "winnow", "upkeep": None},
    "gate": {**COMMON, **SERVERLESS, "qa_batches": [5], "launch": True, "ground_truth": True, "bedrock_batch": True},
}

AWS = StandIn()
os.environ.update(
    AWS_ENDPOINT_URL=AWS.endpoint,
    AWS_ACCESS_KEY_ID="stand-in",
    AWS_SECRET_ACCESS_KEY="stand-in",
    AWS_DEFAULT_REGION="eu-west-1",
    AWS_EC2_METADATA_DISABLED="true",
    AIRFLOW_CONN_AWS_DEFAULT="aws://",
    AIRFLOW_VAR_WINNOW=json.dumps(PIPELINES),
)

from airflow.dag_processing.dagbag import DagBag  # noqa: E402  Airflow reads the environment when it is imported
from airflow.sdk.exceptions import AirflowFailException, TaskDeferred  # noqa: E402

BAG = DagBag(HOME / "jobs/airflow")
NEXT_MORNING = datetime(2026, 11, 8, 6, tzinfo=timezone.utc)  # when the day's interval ends


def failed(retryable: bool, state: str = "FAILED"):
    code = 4 if retryable else 3
    return state, {"exit_code": code, "sentence": f"exit {code} says why", "retryable": retryable}


class DagTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        AWS.reset()
        for folder in ("emr", "emr-serverless"):
            for file in (HOME / "jobs" / folder).glob("*.json"):
                pipeline = "yard" if folder == "emr" else "gate"
                text = file.read_text().replace("${RELEASE}", RELEASE).replace("${CONF}", f"{pipeline}.conf")
                AWS.objects[f"{RELEASE}/{folder}/{file.name}"[len("s3://") :]] = text.replace(
                    "${PIPELINE}", pipeline
                ).encode()

    def tearDown(self):
        self.assertEqual(AWS.problems, [], "the services refused something, or were asked to cancel")

    def run_dag(self, name: str) -> dict[str, str]:
        """Runs a DAG for a day; returns the end of each task."""
        run = BAG.dags[name].test(logical_date=NEXT_MORNING)
        return {ti.task_id: str(ti.state) for ti in run.get_task_instances()}

    def submitted(self) -> list[str]:
        return [job.name.split()[2] for job in AWS.jobs]

    def assert_golden(self, name: str):
        requests = []
        for job in AWS.jobs:
            token = job.arguments[job.arguments.index("--summary") + 1].split("-")[-1].removesuffix(".json")
            self.assertRegex(token, "^[0-9a-f]{32}$")
            requests.append(json.loads(json.dumps(job.request).replace(token, "TOKEN")))
        text = json.dumps(requests, indent=1) + "\n"
        file = GOLDEN / name
        if os.environ.get("GOLDEN_UPDATE") == "true":
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        self.assertEqual(file.read_text(), text)

    def test_the_file_loads_and_every_task_can_be_retried_and_has_an_owner(self):
        self.assertEqual(BAG.import_errors, {})
        kinds = [("gate", "daily"), ("gate", "labels"), ("gate", "upkeep"), ("yard", "daily"), ("yard", "labels")]
        self.assertEqual(sorted(BAG.dags), [f"winnow_{pipeline}_{kind}" for pipeline, kind in kinds])
        for dag in BAG.dags.values():
            for task in dag.tasks:
                self.assertGreater(task.retries, 0, task)
                self.assertEqual(task.owner, "winnow", task)
                if task.task_type == "WinnowJob":
                    self.assertEqual((task.pool, task.pool_slots), ("winnow_writer", 1), task)

    def test_a_variable_that_lacks_something_makes_no_dag_but_a_sentence(self):
        os.environ["AIRFLOW_VAR_WINNOW"] = json.dumps({"yard": {"release": RELEASE, "clutser": "winnow"}})
        try:
            bag = DagBag(HOME / "jobs/airflow")
        finally:
            os.environ["AIRFLOW_VAR_WINNOW"] = json.dumps(PIPELINES)
        self.assertEqual(bag.dags, {})
        (problem,) = bag.import_errors.values()
        self.assertIn("pipeline yard: missing ['warehouse', 'labeling', 'application_id'", problem)
        self.assertIn("unknown ['clutser']", problem)

    def test_a_day_on_a_cluster_is_one_step_after_the_other(self):
        ends = self.run_dag("winnow_yard_daily")
        self.assertEqual(set(ends.values()), {"success"}, ends)
        self.assertEqual(
            self.submitted(), ["segments", "analyze", "candidates", "select", "manifests", "report"]
        )
        self.assert_golden("cluster.json")

    def test_a_day_on_serverless_says_the_same_and_launches_where_it_is_told_to(self):
        ends = self.run_dag("winnow_gate_daily")
        self.assertEqual(set(ends.values()), {"success"}, ends)
        self.assertIn("qa-batches-launch", self.submitted())
        self.assert_golden("serverless.json")

    def test_alarms_are_reviewed_in_bulk_on_the_days_that_are_named(self):
        function = BAG.dags["winnow_gate_daily"].get_task("is_reviewed").python_callable
        self.assertTrue(function([5], "2026-11-07"), "a Saturday")
        self.assertFalse(function([0, 6], "2026-11-07"))
        self.assertFalse(BAG.dags["winnow_yard_daily"].has_task("qa-batches"))
        chain = BAG.dags["winnow_gate_daily"].get_task("qa-batches-launch").get_flat_relative_ids(upstream=True)
        self.assertIn("manifests-launch", chain)
        self.assertIn("rounds_go_forward", chain, "a backfill reviews nothing")

    def test_tables_are_kept_small_once_a_week_by_one_writer(self):
        dag = BAG.dags["winnow_gate_upkeep"]
        self.assertEqual(dag.timetable.expression, "0 15 * * 6")
        self.assertFalse(dag.catchup)
        ends = self.run_dag("winnow_gate_upkeep")
        self.assertEqual(ends, {"maintain": "success"})
        self.assertEqual(self.submitted(), ["maintain"])

    def test_what_failed_for_good_is_not_tried_again(self):
        AWS.ends["segments"] = [failed(retryable=False)]
        ends = self.run_dag("winnow_gate_daily")
        self.assertEqual(self.submitted(), ["segments"])
        self.assertEqual(ends["segments"], "failed")
        self.assertEqual(ends["analyze"], "upstream_failed")

    def test_what_failed_in_passing_is_tried_again_under_another_token(self):
        AWS.ends["segments"] = [failed(retryable=True), ("FAILED", None)]  # the second died without a word
        AWS.ends["analyze"] = [failed(retryable=False)]  # the rest of the day is another test's
        ends = self.run_dag("winnow_yard_daily")
        self.assertEqual(ends["segments"], "success")
        self.assertEqual(self.submitted(), ["segments", "segments", "segments", "analyze"])
        places = [job.arguments[-1] for job in AWS.jobs[:3]]
        self.assertEqual(len(set(places)), 3, places)

    def test_a_job_that_an_earlier_try_left_running_is_waited_for(self):
        for dag, success in (("winnow_yard_daily", "COMPLETED"), ("winnow_gate_daily", "SUCCESS")):
            with self.subTest(dag):
                AWS.jobs.clear()
                pipeline = dag.split("_")[1]
                AWS.submit(f"winnow {pipeline} segments 2026-11-07", ["segments"], {}, success)
                AWS.ends["analyze"] = [failed(retryable=False)]
                self.assertEqual(self.run_dag(dag)["segments"], "success")
                self.assertEqual(self.submitted(), ["segments", "analyze"])

    def test_rounds_go_forward_only_and_the_day_has_its_report_all_the_same(self):
        AWS.objects["acme/labeling/yard/rounds/2026-11-09.1/round.json"] = b"{}"
        ends = self.run_dag("winnow_yard_daily")
        self.assertEqual(self.submitted(), ["segments", "analyze", "candidates", "report"])
        self.assertEqual((ends["select"], ends["manifests"], ends["report"]), ("skipped", "skipped", "success"))

    def test_a_round_of_the_day_or_before_or_an_open_one_after_is_no_obstacle(self):
        for file in ("2026-11-06.1/round.json", "2026-11-07.1/round.json", "2026-11-08.1/manifest.jsonl"):
            AWS.objects[f"acme/labeling/yard/rounds/{file}"] = b"{}"
        self.assertTrue(self.gate("scheduled", rounds=False))
        AWS.objects["acme/labeling/yard/rounds/2026-11-08.1/round.json"] = b"{}"
        self.assertFalse(self.gate("scheduled", rounds=False))

    def test_a_backfill_makes_rounds_only_if_it_is_told_to(self):
        self.assertFalse(self.gate("backfill", rounds=False))
        self.assertTrue(self.gate("backfill", rounds=True))

    def gate(self, run_type: str, rounds: bool) -> bool:
        function = BAG.dags["winnow_yard_daily"].get_task("rounds_go_forward").python_callable
        settings = self.task("segments").settings
        return function(
            settings, "yard", "2026-11-07", dag_run=SimpleNamespace(run_type=run_type), params={"rounds": rounds}
        )

    def task(self, name: str, dag: str = "winnow_yard_daily"):
        return BAG.dags[dag].get_task(name)

    def test_waiting_has_no_end_of_its_own_and_cancels_nothing(self):
        for dag, job in (("winnow_yard_daily", {"cluster": "j-1", "id": "s-1"}), ("winnow_gate_daily", {"id": "r-1"})):
            task = self.task("segments", dag)
            _, arguments = task.platform().trigger(job).serialize()
            self.assertEqual(arguments["waiter_max_attempts"], sys.maxsize)
            self.assertFalse(arguments.get("cancel_on_kill", False))
            self.assertIsNone(task.execution_timeout)

    def test_a_wait_that_broke_asks_what_became_of_the_job_and_submits_none(self):
        job = AWS.submit("winnow yard segments 2026-11-07", ["segments"], {}, "COMPLETED")
        job.looks = 0  # done by the time the service is asked
        task = self.task("segments")
        context = {"ti": SimpleNamespace(xcom_pull=lambda **_: {"cluster": "j-1ABCDEFGHIJKL", "id": job.id})}
        broken = {"error": "Trigger failure", "traceback": ["EndpointConnectionError: no route"]}
        with self.assertRaises(TaskDeferred) as deferred:
            task.resume_execution("__fail__", broken, context)
        path, _ = deferred.exception.trigger.serialize()
        self.assertTrue(path.endswith("DateTimeTrigger"), "a pause: what is broken may stay so for a while")
        task.resume_execution(deferred.exception.method_name, {"event": None}, context)
        self.assertEqual(self.submitted(), ["segments"])

    def test_a_cancelled_job_stays_cancelled(self):
        job = AWS.submit("winnow yard segments 2026-11-07", ["segments"], {}, "COMPLETED")
        job.state, job.looks = "CANCELLED", -1
        task = self.task("segments")
        context = {"ti": SimpleNamespace(xcom_pull=lambda **_: {"cluster": "j-1ABCDEFGHIJKL", "id": job.id})}
        with self.assertRaisesRegex(AirflowFailException, "was cancelled"):
            task.finish(context)

    def test_labels_come_back_only_after_a_labeling_job_ended(self):
        job = {
            "LabelingJobName": "gate-1",
            "LabelingJobArn": "arn:aws:sagemaker:eu-west-1:111122223333:labeling-job/gate-1",
            "CreationTime": 1,
            "LastModifiedTime": 2,
            "LabelingJobStatus": "InProgress",
            "LabelCounters": {},
            "WorkteamArn": "arn:aws:sagemaker:eu-west-1:111122223333:workteam/private-crowd/w",
        }
        AWS.labeling_jobs = [job]
        self.leave_summary("analyze")  # the wait for batch jobs is another test's
        ends = self.run_dag("winnow_gate_labels")
        self.assertEqual(sorted(self.submitted()), ["analyze-collect", "jobs-sync"])
        self.assertEqual(ends["ingest"], "skipped")
        AWS.jobs.clear()
        AWS.tokens.clear()
        job["LabelingJobStatus"] = "Completed"
        ends = self.run_dag("winnow_gate_labels")
        self.assertEqual(set(ends.values()), {"success"}, ends)
        chain = [name for name in self.submitted() if name != "analyze-collect"]
        self.assertEqual(chain, ["jobs-sync", "ingest", "consensus", "label-qa", "outcomes"])

    def test_services_are_asked_about_jobs_only_where_jobs_are_launched(self):
        ends = self.run_dag("winnow_yard_labels")
        self.assertEqual(set(ends.values()), {"success"}, ends)
        self.assertEqual(self.submitted(), ["ingest", "consensus", "label-qa", "outcomes"])

    def test_answers_of_a_batch_job_are_collected_once_it_ended(self):
        function = BAG.dags["winnow_gate_labels"].get_task("batch_jobs_ended").python_callable
        settings = self.task("segments", "winnow_gate_daily").settings
        batch = {
            "jobArn": "arn:aws:bedrock:eu-west-1:111122223333:model-invocation-job/abcdefghijkl",
            "jobName": "winnow-2026-11-07-0123456789abcdef",
            "status": "InProgress",
        }
        AWS.batch_jobs = [batch, {**batch, "jobName": "winnow-2026-11-08-0123456789abcdef"}]
        self.leave_summary("analyze")
        self.assertFalse(function(settings, "gate", "2026-11-07"))
        batch["status"] = "PartiallyCompleted"
        self.assertTrue(function(settings, "gate", "2026-11-07"))

    def test_that_there_is_no_batch_job_is_no_end_before_analyze_is_done(self):
        function = BAG.dags["winnow_gate_labels"].get_task("batch_jobs_ended").python_callable
        settings = self.task("segments", "winnow_gate_daily").settings
        self.assertFalse(function(settings, "gate", "2026-11-07"), "neither a job nor a summary")
        self.leave_summary("analyze", exit_code=4)
        self.leave_summary("analyze", pipeline="yard")
        self.leave_summary("analyze", day="2026-11-06")
        self.leave_summary("analyze-collect")
        self.assertFalse(function(settings, "gate", "2026-11-07"), "a failure, and what others did")
        self.leave_summary("analyze")
        self.assertTrue(function(settings, "gate", "2026-11-07"), "done, and nothing was to be asked")

    def leave_summary(self, job: str, pipeline: str = "gate", day: str = "2026-11-07", exit_code: int = 0):
        token = f"{len(AWS.objects):032x}"
        summary = {"pipeline": pipeline, "exit_code": exit_code, "sentence": "", "retryable": False}
        AWS.objects[f"acme/warehouse/_winnow/summaries/{day}/{job}-{token}.json"] = json.dumps(summary).encode()


if __name__ == "__main__":
    unittest.main(verbosity=2)
