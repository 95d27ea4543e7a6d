"""EC2: networks, groups, instances, tags and refusals."""


def run(call):
    vpc = network(call)
    groups(call, vpc)
    instances(call)
    refusals(call)


def network(call):
    vpcs = call("default vpc", "ec2", "describe_vpcs", Filters=[{"Name": "is-default", "Values": ["true"]}])
    vpc = vpcs["Vpcs"][0]["VpcId"]
    call("subnet", "ec2", "describe_subnets", Filters=[{"Name": "vpc-id", "Values": [vpc]},
                                                       {"Name": "availability-zone", "Values": ["us-east-1a"]}])
    call("vpc lacking", "ec2", "describe_vpcs", VpcIds=["vpc-0123456789abcdef0"])
    call("subnet lacking", "ec2", "describe_subnets", SubnetIds=["subnet-0123456789abcdef0"])
    call("regions", "ec2", "describe_regions", RegionNames=["us-east-1", "eu-west-1"])
    return vpc


def groups(call, vpc):
    call("default group", "ec2", "describe_security_groups", Filters=[
        {"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}])
    call("group lacking", "ec2", "describe_security_groups", GroupIds=["sg-0123456789abcdef0"])


def instances(call):
    found = call.client("ec2").describe_images(Owners=["amazon"], Filters=[{"Name": "architecture", "Values": ["x86_64"]}])
    image = found["Images"][0]["ImageId"]
    usual = dict(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1)
    id = call("run", "ec2", "run_instances", "Instances[0].InstanceId", **usual, TagSpecifications=[
        {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "probe"}]}])
    call.wait("ec2", "instance_running", InstanceIds=[id])
    call("dry run", "ec2", "run_instances", **usual, DryRun=True)
    call("instance", "ec2", "describe_instances", InstanceIds=[id])
    call("by tag", "ec2", "describe_instances", Filters=[{"Name": "tag:Name", "Values": ["pro*"]}])
    call("by no tag", "ec2", "describe_instances", Filters=[{"Name": "tag:Name", "Values": ["other"]}])
    call("stop", "ec2", "stop_instances", InstanceIds=[id])
    call.wait("ec2", "instance_stopped", InstanceIds=[id])
    call("start", "ec2", "start_instances", InstanceIds=[id])
    call.wait("ec2", "instance_running", InstanceIds=[id])
    call("reboot", "ec2", "reboot_instances", InstanceIds=[id])
    call("tag", "ec2", "create_tags", Resources=[id], Tags=[{"Key": "team", "Value": "shop"}])
    call("volumes", "ec2", "describe_volumes", Filters=[{"Name": "attachment.instance-id", "Values": [id]}])
    call("user data", "ec2", "describe_instance_attribute", InstanceId=id, Attribute="userData")
    call("statuses", "ec2", "describe_instance_status", InstanceIds=[id])
    call("tags", "ec2", "describe_tags", Filters=[{"Name": "resource-id", "Values": [id]}])
    call("untag", "ec2", "delete_tags", Resources=[id], Tags=[{"Key": "team"}])
    call("terminate", "ec2", "terminate_instances", InstanceIds=[id])
    call.wait("ec2", "instance_terminated", InstanceIds=[id])
    call("start terminated", "ec2", "start_instances", InstanceIds=[id])


def refusals(call):
    none = "i-0123456789abcdef0"
    call("lacking", "ec2", "describe_instances", InstanceIds=[none])
    call("malformed", "ec2", "describe_instances", InstanceIds=["x"])
    call("stop lacking", "ec2", "stop_instances", InstanceIds=[none])
    call("run lacking image", "ec2", "run_instances", ImageId="ami-0123456789abcdef0", InstanceType="t3.micro",
         MinCount=1, MaxCount=1)
    call("attribute of lacking", "ec2", "describe_instance_attribute", InstanceId=none, Attribute="instanceType")
    call("bad filter", "ec2", "describe_instances", Filters=[{"Name": "no-such-filter", "Values": ["x"]}])
