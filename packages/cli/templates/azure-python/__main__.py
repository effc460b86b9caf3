from pulumi_policy import PolicyPack

from policies import policies

PolicyPack(name="${PROJECT}", policies=policies)
