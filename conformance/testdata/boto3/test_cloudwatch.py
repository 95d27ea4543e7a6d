"""Metrics, alarms and logs."""
import datetime
import unittest

from judge import ACCOUNT, Case, client

metrics, logs = client("cloudwatch"), client("logs")
NOW = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)


def ago(minutes):
    return NOW - datetime.timedelta(minutes=minutes)


class Metrics(Case):
    @classmethod
    def setUpClass(cls):
        data = [{"MetricName": "Latency", "Dimensions": [{"Name": "Service", "Value": "shop"}], "Timestamp": ago(10 - i // 2),
                 "Value": float(i), "Unit": "Milliseconds"} for i in range(10)]
        metrics.put_metric_data(Namespace="Judge", MetricData=data)
        metrics.put_metric_data(Namespace="Judge", MetricData=[{
            "MetricName": "Sets", "Timestamp": ago(5), "StatisticValues": {"SampleCount": 4, "Sum": 10, "Minimum": 1, "Maximum": 4}}])

    query = {"Namespace": "Judge", "MetricName": "Latency", "Dimensions": [{"Name": "Service", "Value": "shop"}]}

    def test_statistics(self):
        got = metrics.get_metric_statistics(**self.query, StartTime=ago(10), EndTime=ago(0), Period=600,
                                            Statistics=["SampleCount", "Sum", "Minimum", "Maximum", "Average"])["Datapoints"]
        want = {"SampleCount": 10.0, "Sum": 45.0, "Minimum": 0.0, "Maximum": 9.0, "Average": 4.5, "Unit": "Milliseconds"}
        sums = {name: sum(d[name] for d in got) for name in ("SampleCount", "Sum")}
        self.assertEqual(sums, {"SampleCount": 10.0, "Sum": 45.0})
        if len(got) == 1:
            got[0].pop("Timestamp")
            self.assertEqual(got[0], want)
        sets = metrics.get_metric_statistics(Namespace="Judge", MetricName="Sets", StartTime=ago(6), EndTime=ago(4), Period=60,
                                             Statistics=["Average"])["Datapoints"]
        self.assertEqual([d["Average"] for d in sets], [2.5])

    def test_data(self):
        queries = [{"Id": "p", "MetricStat": {"Metric": {**self.query}, "Period": 60, "Stat": "p90"}, "ReturnData": True},
                   {"Id": "s", "MetricStat": {"Metric": {**self.query}, "Period": 60, "Stat": "Sum"}}]
        got = {r["Id"]: r for r in metrics.get_metric_data(MetricDataQueries=queries, StartTime=ago(10), EndTime=ago(0),
                                                           ScanBy="TimestampAscending")["MetricDataResults"]}
        self.assertEqual(got["s"]["Values"], [1.0, 5.0, 9.0, 13.0, 17.0])
        self.assertEqual(got["s"]["Timestamps"], [ago(10 - i) for i in range(5)])
        self.assertEqual(got["p"]["StatusCode"], "Complete")

    def test_list(self):
        got = metrics.list_metrics(Namespace="Judge", MetricName="Latency")["Metrics"]
        self.assertEqual(got, [self.query])
        self.assertEqual(metrics.list_metrics(Namespace="Nobody")["Metrics"], [])

    def test_bad(self):
        with self.refused("InvalidParameterValue", 400):
            metrics.get_metric_statistics(**self.query, StartTime=ago(0), EndTime=ago(10), Period=60, Statistics=["Sum"])
        with self.refused("InvalidParameterValue", 400):
            metrics.put_metric_data(Namespace="AWS/EC2", MetricData=[{"MetricName": "x", "Value": 1}])

    def test_alarm(self):
        metrics.put_metric_alarm(AlarmName="slow", Namespace="Judge", MetricName="Latency", Statistic="Average", Period=60,
                                 EvaluationPeriods=1, Threshold=5, ComparisonOperator="GreaterThanThreshold", Tags=[{"Key": "a", "Value": "1"}])
        alarm, = metrics.describe_alarms(AlarmNames=["slow"])["MetricAlarms"]
        self.assertEqual((alarm["Threshold"], alarm["AlarmArn"]), (5.0, f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:slow"))
        metrics.set_alarm_state(AlarmName="slow", StateValue="ALARM", StateReason="judged")
        self.assertEqual(metrics.describe_alarms(StateValue="ALARM")["MetricAlarms"][0]["StateReason"], "judged")
        metrics.tag_resource(ResourceARN=alarm["AlarmArn"], Tags=[{"Key": "b", "Value": "2"}])
        metrics.untag_resource(ResourceARN=alarm["AlarmArn"], TagKeys=["a"])
        self.assertEqual(metrics.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"], [{"Key": "b", "Value": "2"}])
        metrics.delete_alarms(AlarmNames=["slow"])
        self.assertEqual(metrics.describe_alarms(AlarmNames=["slow"])["MetricAlarms"], [])


class Logs(Case):
    def stamp(self, minutes):
        return int(ago(minutes).timestamp() * 1000)

    def test_life(self):
        logs.create_log_group(logGroupName="/judge/life", tags={"a": "1"})
        with self.refused("ResourceAlreadyExistsException", 400):
            logs.create_log_group(logGroupName="/judge/life")
        logs.put_retention_policy(logGroupName="/judge/life", retentionInDays=7)
        group, = logs.describe_log_groups(logGroupNamePrefix="/judge/life")["logGroups"]
        self.assertEqual(group["retentionInDays"], 7)
        logs.delete_retention_policy(logGroupName="/judge/life")
        self.assertNotIn("retentionInDays", logs.describe_log_groups(logGroupNamePrefix="/judge/life")["logGroups"][0])
        arn = group["arn"].removesuffix(":*")
        logs.tag_resource(resourceArn=arn, tags={"b": "2"})
        logs.untag_resource(resourceArn=arn, tagKeys=["a"])
        self.assertEqual(logs.list_tags_for_resource(resourceArn=arn)["tags"], {"b": "2"})
        logs.tag_log_group(logGroupName="/judge/life", tags={"c": "3"})
        logs.untag_log_group(logGroupName="/judge/life", tags=["b"])
        self.assertEqual(logs.list_tags_log_group(logGroupName="/judge/life")["tags"], {"c": "3"})
        logs.create_log_stream(logGroupName="/judge/life", logStreamName="s")
        logs.delete_log_stream(logGroupName="/judge/life", logStreamName="s")
        self.assertEqual(logs.describe_log_streams(logGroupName="/judge/life")["logStreams"], [])
        logs.delete_log_group(logGroupName="/judge/life")
        with self.refused("ResourceNotFoundException", 400):
            logs.describe_log_streams(logGroupName="/judge/life")

    def test_events(self):
        logs.create_log_group(logGroupName="/judge/events")
        for stream in ("one", "two"):
            logs.create_log_stream(logGroupName="/judge/events", logStreamName=stream)
            logs.put_log_events(logGroupName="/judge/events", logStreamName=stream, logEvents=[
                {"timestamp": self.stamp(9 - i), "message": f'{{"level": "{"error" if i % 2 else "info"}", "n": {i}}}'} for i in range(8)])
        got = logs.get_log_events(logGroupName="/judge/events", logStreamName="one", startFromHead=True, limit=3)
        self.assertEqual([e["timestamp"] for e in got["events"]], [self.stamp(9), self.stamp(8), self.stamp(7)])
        rest = logs.get_log_events(logGroupName="/judge/events", logStreamName="one", nextToken=got["nextForwardToken"])
        self.assertEqual(len(rest["events"]), 5)
        for pattern, want in (('{ $.level = "error" }', 8), ("error", 8), ('{ $.n > 5 }', 4), ("-error", 8), ("nothing", 0)):
            with self.subTest(pattern):
                pages = logs.get_paginator("filter_log_events").paginate(
                    logGroupName="/judge/events", filterPattern=pattern, PaginationConfig={"PageSize": 3})
                self.assertEqual(sum(len(p["events"]) for p in pages), want)
        one = logs.filter_log_events(logGroupName="/judge/events", logStreamNames=["two"], startTime=self.stamp(5), endTime=self.stamp(3))
        self.assertEqual({e["logStreamName"] for e in one["events"]}, {"two"})
        self.assertEqual(len(one["events"]), 3, "both ends count")
        with self.refused("InvalidParameterException", 400):
            logs.put_log_events(logGroupName="/judge/events", logStreamName="one", logEvents=[
                {"timestamp": self.stamp(1), "message": "b"}, {"timestamp": self.stamp(2), "message": "a"}])


if __name__ == "__main__":
    unittest.main()
