"""Database instances and clusters, and SQL through the Data API."""
import unittest

from judge import Case, client, env

rds, data = client("rds"), client("rds-data")


def wait_for(describe, want, what):
    import time
    for _ in range(120):
        status = describe()["Status" if what == "cluster" else "DBInstanceStatus"]
        if status == want:
            return
        time.sleep(0.5)
    raise AssertionError(f"the {what} is {status}, not {want}")


def instance(id):
    return rds.describe_db_instances(DBInstanceIdentifier=id)["DBInstances"][0]


def cluster(id):
    return rds.describe_db_clusters(DBClusterIdentifier=id)["DBClusters"][0]


class Instances(Case):
    def test_life(self):
        rds.create_db_instance(DBInstanceIdentifier="life", DBInstanceClass="db.t4g.micro", Engine="postgres", AllocatedStorage=20,
                               MasterUsername="judge", MasterUserPassword="not-a-real-password", Tags=[{"Key": "a", "Value": "1"}])
        with self.refused("DBInstanceAlreadyExists", 400):
            rds.create_db_instance(DBInstanceIdentifier="life", DBInstanceClass="db.t4g.micro", Engine="postgres", AllocatedStorage=20,
                                   MasterUsername="judge", MasterUserPassword="not-a-real-password")
        self.wait(rds, "db_instance_available", DBInstanceIdentifier="life")
        self.assertEqual(instance("life")["Endpoint"]["Port"], 5432)
        rds.modify_db_instance(DBInstanceIdentifier="life", BackupRetentionPeriod=3, ApplyImmediately=True)
        wait_for(lambda: instance("life"), "available", "instance")
        self.assertEqual(instance("life")["BackupRetentionPeriod"], 3)
        rds.reboot_db_instance(DBInstanceIdentifier="life")
        wait_for(lambda: instance("life"), "available", "instance")
        rds.stop_db_instance(DBInstanceIdentifier="life")
        wait_for(lambda: instance("life"), "stopped", "instance")
        rds.start_db_instance(DBInstanceIdentifier="life")
        wait_for(lambda: instance("life"), "available", "instance")
        arn = instance("life")["DBInstanceArn"]
        rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "b", "Value": "2"}])
        rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["a"])
        self.assertEqual(rds.list_tags_for_resource(ResourceName=arn)["TagList"], [{"Key": "b", "Value": "2"}])
        rds.delete_db_instance(DBInstanceIdentifier="life", SkipFinalSnapshot=True)
        self.wait(rds, "db_instance_deleted", DBInstanceIdentifier="life")
        with self.refused("DBInstanceNotFound", 404):
            instance("life")

    def test_pages(self):
        for i in range(21):
            rds.create_db_instance(DBInstanceIdentifier=f"page-{i:02}", DBInstanceClass="db.t4g.micro", Engine="mysql", AllocatedStorage=20,
                                   MasterUsername="judge", MasterUserPassword="not-a-real-password")
        pages = list(rds.get_paginator("describe_db_instances").paginate(
            Filters=[{"Name": "engine", "Values": ["mysql"]}], PaginationConfig={"PageSize": 20}))
        self.assertEqual([len(p["DBInstances"]) for p in pages], [20, 1])

    def test_catalog(self):
        self.assertTrue(rds.describe_db_engine_versions(Engine="aurora-postgresql")["DBEngineVersions"])
        self.assertIsInstance(rds.describe_db_subnet_groups()["DBSubnetGroups"], list)
        self.assertEqual(rds.describe_global_clusters()["GlobalClusters"], [])


class Clusters(Case):
    @classmethod
    def setUpClass(cls):
        cls.arn = rds.create_db_cluster(DBClusterIdentifier="shop", Engine="aurora-postgresql", DatabaseName="shop", MasterUsername="judge",
                                        MasterUserPassword="not-a-real-password", EnableHttpEndpoint=True)["DBCluster"]["DBClusterArn"]
        wait_for(lambda: cluster("shop"), "available", "cluster")

    def sql(self, text, **kwargs):
        return data.execute_statement(resourceArn=self.arn, secretArn=env("SECRET"), database="shop", sql=text, **kwargs)

    def test_life(self):
        rds.create_db_cluster(DBClusterIdentifier="life", Engine="aurora-mysql", MasterUsername="judge", MasterUserPassword="not-a-real-password")
        wait_for(lambda: cluster("life"), "available", "cluster")
        rds.create_db_instance(DBInstanceIdentifier="life-1", DBClusterIdentifier="life", DBInstanceClass="db.r6g.large", Engine="aurora-mysql")
        wait_for(lambda: instance("life-1"), "available", "instance")
        self.assertTrue(cluster("life")["DBClusterMembers"][0]["IsClusterWriter"])
        rds.modify_db_cluster(DBClusterIdentifier="life", BackupRetentionPeriod=5, ApplyImmediately=True)
        wait_for(lambda: cluster("life"), "available", "cluster")
        self.assertEqual(cluster("life")["BackupRetentionPeriod"], 5)
        rds.stop_db_cluster(DBClusterIdentifier="life")
        wait_for(lambda: cluster("life"), "stopped", "cluster")
        rds.start_db_cluster(DBClusterIdentifier="life")
        wait_for(lambda: cluster("life"), "available", "cluster")
        wait_for(lambda: instance("life-1"), "available", "instance")
        rds.delete_db_instance(DBInstanceIdentifier="life-1", SkipFinalSnapshot=True)
        self.wait(rds, "db_instance_deleted", DBInstanceIdentifier="life-1")
        rds.delete_db_cluster(DBClusterIdentifier="life", SkipFinalSnapshot=True)
        self.wait(rds, "db_cluster_deleted", DBClusterIdentifier="life")
        with self.refused("DBClusterNotFoundFault", 404):
            cluster("life")

    def test_statements(self):
        self.sql("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT, total DOUBLE PRECISION)")
        name = {"name": "customer", "value": {"stringValue": "O'Hara"}}
        put = self.sql("INSERT INTO orders (id, customer, total) VALUES (1, :customer, 1.5)", parameters=[name])
        self.assertEqual(put["numberOfRecordsUpdated"], 1)
        got = self.sql("SELECT id, customer, total FROM orders WHERE customer = :customer", parameters=[name], includeResultMetadata=True)
        self.assertEqual(got["records"], [[{"longValue": 1}, {"stringValue": "O'Hara"}, {"doubleValue": 1.5}]])
        self.assertEqual([c["name"] for c in got["columnMetadata"]], ["id", "customer", "total"])
        self.assertEqual(self.sql("SELECT customer FROM orders", formatRecordsAs="JSON")["formattedRecords"], '[{"customer":"O\'Hara"}]')
        with self.refused("DatabaseErrorException", 400):
            self.sql("SELECT * FROM nowhere")

    def test_transaction(self):
        self.sql("CREATE TABLE ledger (n INTEGER)")
        for end, rows in ((data.rollback_transaction, 0), (data.commit_transaction, 2)):
            tx = data.begin_transaction(resourceArn=self.arn, secretArn=env("SECRET"), database="shop")["transactionId"]
            data.batch_execute_statement(resourceArn=self.arn, secretArn=env("SECRET"), database="shop", sql="INSERT INTO ledger VALUES (:n)",
                                         transactionId=tx, parameterSets=[[{"name": "n", "value": {"longValue": n}}] for n in (1, 2)])
            end(resourceArn=self.arn, secretArn=env("SECRET"), transactionId=tx)
            self.assertEqual(self.sql("SELECT count(*) FROM ledger")["records"], [[{"longValue": rows}]])
        with self.refused("TransactionNotFoundException", 404):
            self.sql("SELECT 1", transactionId=tx)

    def test_endpoint_off(self):
        arn = rds.create_db_cluster(DBClusterIdentifier="closed", Engine="aurora-postgresql", MasterUsername="judge",
                                    MasterUserPassword="not-a-real-password")["DBCluster"]["DBClusterArn"]
        wait_for(lambda: cluster("closed"), "available", "cluster")
        call = {"resourceArn": arn, "secretArn": env("SECRET"), "sql": "SELECT 1"}
        with self.refused("HttpEndpointNotEnabledException", 400):
            data.execute_statement(**call)
        self.assertTrue(rds.enable_http_endpoint(ResourceArn=arn)["HttpEndpointEnabled"])
        data.execute_statement(**call)
        self.assertFalse(rds.disable_http_endpoint(ResourceArn=arn)["HttpEndpointEnabled"])
        with self.refused("HttpEndpointNotEnabledException", 400):
            data.execute_statement(**call)


if __name__ == "__main__":
    unittest.main()
