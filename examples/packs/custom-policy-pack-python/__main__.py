from pulumi_policy import PolicyPack

from policies import policies

PolicyPack(name="custom-policy-pack-python", policies=policies)
