"""Instances and what stands around them."""
import unittest

from judge import ACCOUNT, Case, client

ec2 = client("ec2")


def run(count=1, **kwargs):
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    got = ec2.run_instances(ImageId=image, InstanceType="t3.micro", MinCount=count, MaxCount=count, **kwargs)
    return [i["InstanceId"] for i in got["Instances"]]


def instance(id):
    return ec2.describe_instances(InstanceIds=[id])["Reservations"][0]["Instances"][0]


class Instances(Case):
    def test_life(self):
        id, = run(TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "life"}]}])
        self.wait(ec2, "instance_running", InstanceIds=[id])
        self.assertEqual(instance(id)["Tags"], [{"Key": "Name", "Value": "life"}])
        self.wait(ec2, "instance_status_ok", InstanceIds=[id])
        ec2.reboot_instances(InstanceIds=[id])
        change = ec2.stop_instances(InstanceIds=[id])["StoppingInstances"][0]
        self.assertEqual((change["PreviousState"]["Name"], change["CurrentState"]["Name"]), ("running", "stopping"))
        self.wait(ec2, "instance_stopped", InstanceIds=[id])
        self.assertIn("User initiated", instance(id)["StateTransitionReason"])
        self.assertEqual(ec2.start_instances(InstanceIds=[id])["StartingInstances"][0]["CurrentState"]["Name"], "pending")
        self.wait(ec2, "instance_running", InstanceIds=[id])
        ec2.terminate_instances(InstanceIds=[id])
        self.wait(ec2, "instance_terminated", InstanceIds=[id])
        with self.refused("IncorrectInstanceState", 400):
            ec2.start_instances(InstanceIds=[id])

    def test_refusals(self):
        with self.refused("InvalidInstanceID.NotFound", 400):
            ec2.describe_instances(InstanceIds=["i-0123456789abcdef0"])
        with self.refused("InvalidInstanceID.Malformed", 400):
            ec2.stop_instances(InstanceIds=["x"])
        with self.refused("InvalidAMIID.NotFound", 400):
            ec2.run_instances(ImageId="ami-0123456789abcdef0", InstanceType="t3.micro", MinCount=1, MaxCount=1)
        with self.refused("DryRunOperation", 412):
            run(DryRun=True)

    def test_filters_and_pages(self):
        ids = sorted(run(7, TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "set", "Value": "paged"}]}]))
        paged = {"Name": "tag:set", "Values": ["pag*"]}
        pages = list(ec2.get_paginator("describe_instances").paginate(Filters=[paged], PaginationConfig={"PageSize": 5}))
        self.assertEqual(sorted(i["InstanceId"] for p in pages for r in p["Reservations"] for i in r["Instances"]), ids)
        self.wait(ec2, "instance_running", InstanceIds=ids)
        ec2.stop_instances(InstanceIds=ids[:1])
        self.wait(ec2, "instance_stopped", InstanceIds=ids[:1])
        stopped = ec2.describe_instances(Filters=[paged, {"Name": "instance-state-name", "Values": ["stopped"]}])
        self.assertEqual([i["InstanceId"] for r in stopped["Reservations"] for i in r["Instances"]], ids[:1])
        with self.refused("InvalidParameterValue", 400):
            ec2.describe_instances(Filters=[{"Name": "no-such-filter", "Values": ["x"]}])

    def test_attributes(self):
        id, = run()
        self.wait(ec2, "instance_running", InstanceIds=[id])
        ec2.modify_instance_attribute(InstanceId=id, DisableApiTermination={"Value": True})
        got = ec2.describe_instance_attribute(InstanceId=id, Attribute="disableApiTermination")
        self.assertTrue(got["DisableApiTermination"]["Value"])
        with self.refused("OperationNotPermitted", 400):
            ec2.terminate_instances(InstanceIds=[id])
        with self.refused("IncorrectInstanceState", 400):
            ec2.modify_instance_attribute(InstanceId=id, InstanceType={"Value": "t3.small"})
        ec2.modify_instance_metadata_options(InstanceId=id, HttpTokens="required")
        self.assertEqual(instance(id)["MetadataOptions"]["HttpTokens"], "required")
        self.assertEqual(ec2.monitor_instances(InstanceIds=[id])["InstanceMonitorings"][0]["InstanceId"], id)
        self.assertIn(instance(id)["Monitoring"]["State"], ("enabled", "pending"))
        ec2.unmonitor_instances(InstanceIds=[id])
        credits = ec2.describe_instance_credit_specifications(InstanceIds=[id])["InstanceCreditSpecifications"]
        self.assertEqual([c["InstanceId"] for c in credits], [id])

    def test_tags(self):
        id, = run()
        ec2.create_tags(Resources=[id], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        mine = [{"Name": "resource-id", "Values": [id]}]
        self.assertEqual(sorted((t["Key"], t["Value"]) for t in ec2.describe_tags(Filters=mine)["Tags"]), [("a", "1"), ("b", "2")])
        ec2.create_tags(Resources=[id], Tags=[{"Key": "a", "Value": "3"}])
        ec2.delete_tags(Resources=[id], Tags=[{"Key": "b"}])
        self.assertEqual(instance(id)["Tags"], [{"Key": "a", "Value": "3"}])

    def test_surroundings(self):
        id, = run()
        self.wait(ec2, "instance_running", InstanceIds=[id])
        got = instance(id)
        volume = got["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
        self.assertEqual(ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["Attachments"][0]["InstanceId"], id)
        face = got["NetworkInterfaces"][0]["NetworkInterfaceId"]
        self.assertEqual(ec2.describe_network_interfaces(NetworkInterfaceIds=[face])["NetworkInterfaces"][0]["Attachment"]["InstanceId"], id)
        group = got["SecurityGroups"][0]["GroupId"]
        self.assertEqual(ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["OwnerId"], ACCOUNT)
        vpc = ec2.describe_vpcs(VpcIds=[got["VpcId"]])["Vpcs"][0]
        self.assertTrue(vpc["IsDefault"])
        self.assertTrue(ec2.describe_vpc_attribute(VpcId=got["VpcId"], Attribute="enableDnsSupport")["EnableDnsSupport"]["Value"])
        subnet = ec2.describe_subnets(SubnetIds=[got["SubnetId"]])["Subnets"][0]
        self.assertEqual(subnet["AvailabilityZone"], got["Placement"]["AvailabilityZone"])
        self.assertEqual(ec2.describe_iam_instance_profile_associations()["IamInstanceProfileAssociations"], [])

    def test_catalog(self):
        kind = ec2.describe_instance_types(InstanceTypes=["t3.micro"])["InstanceTypes"][0]
        self.assertEqual(kind["VCpuInfo"]["DefaultVCpus"], 2)
        self.assertIn("us-east-1", [r["RegionName"] for r in ec2.describe_regions()["Regions"]])
        zones = ec2.describe_availability_zones()["AvailabilityZones"]
        self.assertTrue(all(z["RegionName"] == "us-east-1" for z in zones) and len(zones) > 1)


if __name__ == "__main__":
    unittest.main()
