# Run the tests: venv/bin/python -m unittest
import unittest
from types import SimpleNamespace

from policies import validate_bucket_name, validate_instance_type, validate_tag

BUCKET = "aws:s3/bucket:Bucket"
INSTANCE = "aws:ec2/instance:Instance"
CONFIG = {"tag": "owner", "allowed": ["t4g.micro"], "prefix": "shop-"}


def violations(validate, resource_type, props, name="files"):
    found = []
    args = SimpleNamespace(resource_type=resource_type, name=name, props=props, get_config=lambda: CONFIG)
    validate(args, lambda message, urn=None: found.append(message))
    return found


class TestTag(unittest.TestCase):
    def test_a_resource_that_can_carry_tags_must_have_one(self):
        self.assertEqual(violations(validate_tag, BUCKET, {}), ["The tag `owner` is missing."])
        self.assertEqual(len(violations(validate_tag, BUCKET, {"tags": {"owner": ""}})), 1)
        self.assertEqual(violations(validate_tag, BUCKET, {"tags": {"owner": "web"}}), [])

    def test_a_resource_that_can_not_carry_tags_needs_none(self):
        self.assertEqual(violations(validate_tag, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", {}), [])


class TestInstanceType(unittest.TestCase):
    def test_an_instance_is_of_an_allowed_type(self):
        self.assertEqual(len(violations(validate_instance_type, INSTANCE, {"instanceType": "m7i.24xlarge"})), 1)
        self.assertEqual(violations(validate_instance_type, INSTANCE, {"instanceType": "t4g.micro"}), [])
        self.assertEqual(violations(validate_instance_type, BUCKET, {}), [])


class TestBucketName(unittest.TestCase):
    def test_a_bucket_has_the_prefix_of_the_product(self):
        self.assertEqual(len(violations(validate_bucket_name, BUCKET, {"bucket": "files"})), 1)
        self.assertEqual(len(violations(validate_bucket_name, BUCKET, {})), 1)
        self.assertEqual(violations(validate_bucket_name, BUCKET, {"bucketPrefix": "shop-files"}), [])
        self.assertEqual(violations(validate_bucket_name, BUCKET, {}, name="shop-files"), [])
        self.assertEqual(violations(validate_bucket_name, INSTANCE, {}), [])


if __name__ == "__main__":
    unittest.main()
