# Run the tests: venv/bin/python -m unittest
import unittest
from types import SimpleNamespace

from policies import validate_bucket


def violations(props):
    found = []
    args = SimpleNamespace(resource_type="aws:s3/bucket:Bucket", name="test", props=props)
    validate_bucket(args, lambda message, urn=None: found.append(message))
    return found


class TestBucket(unittest.TestCase):
    def test_a_bucket_that_everybody_can_read_is_a_violation(self):
        self.assertEqual(len(violations({"acl": "public-read"})), 1)

    def test_a_private_bucket_is_not(self):
        self.assertEqual(violations({"acl": "private"}), [])


if __name__ == "__main__":
    unittest.main()
