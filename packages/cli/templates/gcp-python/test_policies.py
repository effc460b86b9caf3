# Run the tests: venv/bin/python -m unittest
import unittest
from types import SimpleNamespace

from policies import validate_bucket


def violations(props):
    found = []
    args = SimpleNamespace(resource_type="gcp:storage/bucket:Bucket", name="test", props=props)
    validate_bucket(args, lambda message, urn=None: found.append(message))
    return found


class TestBucket(unittest.TestCase):
    def test_a_bucket_that_can_be_made_public_is_a_violation(self):
        self.assertEqual(len(violations({"location": "EU"})), 1)

    def test_a_bucket_that_cant_is_none(self):
        self.assertEqual(violations({"location": "EU", "publicAccessPrevention": "enforced"}), [])


if __name__ == "__main__":
    unittest.main()
