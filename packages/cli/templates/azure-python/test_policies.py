# Run the tests: venv/bin/python -m unittest
import unittest
from types import SimpleNamespace

from policies import validate_account


def violations(props):
    found = []
    args = SimpleNamespace(resource_type="azure-native:storage:StorageAccount", name="test", props=props)
    validate_account(args, lambda message, urn=None: found.append(message))
    return found


class TestAccount(unittest.TestCase):
    def test_an_account_that_allows_public_blobs_is_a_violation(self):
        self.assertEqual(len(violations({"allowBlobPublicAccess": True})), 1)

    def test_an_account_that_does_not_is_none(self):
        self.assertEqual(violations({"allowBlobPublicAccess": False}), [])


if __name__ == "__main__":
    unittest.main()
