"""STS, Secrets Manager, Lambda, Logs, CloudWatch, RDS."""
import datetime
import json
import os
import time

from recorder import ACCOUNT, code_zip

EPOCH = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0) - datetime.timedelta(hours=1)


def run(call):
    role = os.environ.get("ROLE") or make_role(call)
    secret = os.environ.get("SECRET") or make_secret(call)
    identity(call, role)
    secrets(call, secret)
    functions(call, role)
    logs(call)
    metrics(call)
    alarms(call)
    databases(call)


def make_role(call):
    trust = {"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"AWS": ACCOUNT, "Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}}
    return call.client("iam").create_role(RoleName="judge", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]


def make_secret(call):
    text = '{"username":"judge","password":"not-a-real-password"}'
    return call.client("secretsmanager").create_secret(Name="database", SecretString=text)["ARN"]


def identity(call, role):
    call("who", "sts", "get_caller_identity")
    call("assume", "sts", "assume_role", RoleArn=role, RoleSessionName="probe")
    call("assume too long", "sts", "assume_role", RoleArn=role, RoleSessionName="probe", DurationSeconds=43200)
    call("assume lacking", "sts", "assume_role", RoleArn=f"arn:aws:iam::{ACCOUNT}:role/none", RoleSessionName="probe")


def secrets(call, secret):
    call("secret", "secretsmanager", "get_secret_value", SecretId=secret)
    call("by name", "secretsmanager", "get_secret_value", SecretId="database")
    call("lacking", "secretsmanager", "get_secret_value", SecretId="none")
    call("lacking version", "secretsmanager", "get_secret_value", SecretId=secret, VersionStage="AWSPENDING")


def functions(call, role):
    usual = dict(Role=role, Runtime="python3.13", Handler="index.handler", Code={"ZipFile": code_zip()})
    call("make", "lambda", "create_function", FunctionName="probe", **usual, Timeout=7,
         Environment={"Variables": {"ONE": "1"}}, Tags={"team": "shop"})
    call.wait("lambda", "function_active_v2", FunctionName="probe")
    call("make again", "lambda", "create_function", FunctionName="probe", **usual)
    call("get", "lambda", "get_function", FunctionName="probe")
    call("configuration", "lambda", "get_function_configuration", FunctionName="probe")
    call("get lacking", "lambda", "get_function", FunctionName="none")
    call("list", "lambda", "list_functions")
    call("invoke", "lambda", "invoke", FunctionName="probe", InvocationType="Event", Payload=b'{"a":1}')
    call("invoke dry", "lambda", "invoke", FunctionName="probe", InvocationType="DryRun")
    call("invoke lacking", "lambda", "invoke", FunctionName="none")
    call("change", "lambda", "update_function_configuration", FunctionName="probe", MemorySize=256)
    call.wait("lambda", "function_updated_v2", FunctionName="probe")
    call("change code", "lambda", "update_function_code", FunctionName="probe", ZipFile=code_zip("def handler(e, c): return 2"))
    call.wait("lambda", "function_updated_v2", FunctionName="probe")
    call("publish", "lambda", "publish_version", FunctionName="probe")
    call("versions", "lambda", "list_versions_by_function", FunctionName="probe")
    call("alias", "lambda", "create_alias", FunctionName="probe", Name="live", FunctionVersion="1")
    call("alias again", "lambda", "create_alias", FunctionName="probe", Name="live", FunctionVersion="1")
    call("aliases", "lambda", "list_aliases", FunctionName="probe")
    call("reserve", "lambda", "put_function_concurrency", FunctionName="probe", ReservedConcurrentExecutions=5)
    call("reserved", "lambda", "get_function_concurrency", FunctionName="probe")
    call("no policy", "lambda", "get_policy", FunctionName="probe")
    call("remove", "lambda", "delete_function", FunctionName="probe")
    call("remove again", "lambda", "delete_function", FunctionName="probe")


def logs(call):
    group, stream = dict(logGroupName="/probe"), dict(logGroupName="/probe", logStreamName="one")
    now = int(time.time() * 1000)
    call("make group", "logs", "create_log_group", **group, tags={"team": "shop"})
    call("make group again", "logs", "create_log_group", **group)
    call("groups", "logs", "describe_log_groups", logGroupNamePrefix="/probe")
    call("retain", "logs", "put_retention_policy", **group, retentionInDays=7)
    call("retain oddly", "logs", "put_retention_policy", **group, retentionInDays=8)
    call("make stream", "logs", "create_log_stream", **stream)
    call("make stream again", "logs", "create_log_stream", **stream)
    call("put", "logs", "put_log_events", **stream, logEvents=[
        {"timestamp": now - 2000, "message": "one ERROR here"}, {"timestamp": now - 1000, "message": "two is well"}])
    call("put lacking", "logs", "put_log_events", logGroupName="none", logStreamName="one",
         logEvents=[{"timestamp": now, "message": "x"}])
    call("streams", "logs", "describe_log_streams", **group)
    call("events", "logs", "get_log_events", **stream, startFromHead=True)
    call("filtered", "logs", "filter_log_events", **group, filterPattern="ERROR")
    call("filtered not", "logs", "filter_log_events", **group, filterPattern="-ERROR")
    call("filter lacking", "logs", "filter_log_events", logGroupName="none")
    call("remove stream", "logs", "delete_log_stream", **stream)
    call("remove group", "logs", "delete_log_group", **group)
    call("remove group again", "logs", "delete_log_group", **group)


def metrics(call):
    of = [{"Name": "Shop", "Value": "one"}]
    point = dict(MetricName="Orders", Dimensions=of, Timestamp=EPOCH, Unit="Count")
    call("put", "cloudwatch", "put_metric_data", Namespace="Probe", MetricData=[
        {**point, "Value": 1}, {**point, "Value": 4}, {**point, "Value": 10}])
    call("list", "cloudwatch", "list_metrics", Namespace="Probe")
    span = dict(StartTime=EPOCH - datetime.timedelta(minutes=5), EndTime=EPOCH + datetime.timedelta(minutes=5))
    call("statistics", "cloudwatch", "get_metric_statistics", Namespace="Probe", MetricName="Orders", Dimensions=of,
         Period=60, Statistics=["Sum", "Average", "Minimum", "Maximum", "SampleCount"], **span)
    query = {"Id": "orders", "MetricStat": {
        "Metric": {"Namespace": "Probe", "MetricName": "Orders", "Dimensions": of}, "Period": 60, "Stat": "Sum"}}
    call("data", "cloudwatch", "get_metric_data", MetricDataQueries=[query], **span)
    call("data of expression", "cloudwatch", "get_metric_data", **span, MetricDataQueries=[
        {**query, "ReturnData": False}, {"Id": "twice", "Expression": "orders * 2", "Label": "twice"}])
    call("backwards", "cloudwatch", "get_metric_data", MetricDataQueries=[query],
         StartTime=span["EndTime"], EndTime=span["StartTime"])


def alarms(call):
    call("make alarm", "cloudwatch", "put_metric_alarm", AlarmName="probe", Namespace="Probe", MetricName="Orders",
         Statistic="Sum", Period=60, EvaluationPeriods=1, Threshold=100, ComparisonOperator="GreaterThanThreshold")
    call("set", "cloudwatch", "set_alarm_state", AlarmName="probe", StateValue="ALARM", StateReason="a probe")
    call("alarm", "cloudwatch", "describe_alarms", AlarmNames=["probe"])
    call("set lacking", "cloudwatch", "set_alarm_state", AlarmName="none", StateValue="OK", StateReason="a probe")
    call("remove alarm", "cloudwatch", "delete_alarms", AlarmNames=["probe"])


def databases(call):
    usual = dict(Engine="postgres", DBInstanceClass="db.t3.micro", AllocatedStorage=20,
                 MasterUsername="judge", MasterUserPassword="not-a-real-password")
    call("make", "rds", "create_db_instance", DBInstanceIdentifier="probe", **usual)
    database_is(call, "available")
    call("make again", "rds", "create_db_instance", DBInstanceIdentifier="probe", **usual)
    call("get", "rds", "describe_db_instances", DBInstanceIdentifier="probe")
    call("get lacking", "rds", "describe_db_instances", DBInstanceIdentifier="none")
    call("stop", "rds", "stop_db_instance", DBInstanceIdentifier="probe")
    database_is(call, "stopped")
    call("start", "rds", "start_db_instance", DBInstanceIdentifier="probe")
    database_is(call, "available")
    call("reboot", "rds", "reboot_db_instance", DBInstanceIdentifier="probe")
    database_is(call, "available")
    call("remove lacking", "rds", "delete_db_instance", DBInstanceIdentifier="none", SkipFinalSnapshot=True)
    call("remove", "rds", "delete_db_instance", DBInstanceIdentifier="probe", SkipFinalSnapshot=True)
    call("clusters lacking", "rds", "describe_db_clusters", DBClusterIdentifier="none")
    call("stop lacking", "rds", "stop_db_instance", DBInstanceIdentifier="none")


def database_is(call, state):
    for _ in range(300):
        got = call.client("rds").describe_db_instances(DBInstanceIdentifier="probe")["DBInstances"][0]
        if got["DBInstanceStatus"] == state:
            return
        time.sleep(0.1)
    raise TimeoutError(f"the database is not {state} but {got['DBInstanceStatus']}")
