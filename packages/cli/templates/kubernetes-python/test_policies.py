# Run the tests: venv/bin/python -m unittest
import unittest
from types import SimpleNamespace

from policies import validate_service


def violations(props):
    found = []
    args = SimpleNamespace(resource_type="kubernetes:core/v1:Service", name="test", props=props)
    validate_service(args, lambda message, urn=None: found.append(message))
    return found


class TestService(unittest.TestCase):
    def test_a_service_with_a_load_balancer_is_a_violation(self):
        self.assertEqual(len(violations({"spec": {"type": "LoadBalancer"}})), 1)

    def test_a_service_inside_the_cluster_is_none(self):
        self.assertEqual(violations({"spec": {"type": "ClusterIP"}}), [])


if __name__ == "__main__":
    unittest.main()
