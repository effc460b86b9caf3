from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)

from taggable import TAGGABLE

BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")


def validate_tag(args: ResourceValidationArgs, report_violation: ReportViolation):
    if args.resource_type not in TAGGABLE:
        return
    tag = args.get_config()["tag"]
    if not (args.props.get("tags") or {}).get(tag):
        report_violation(f"The tag `{tag}` is missing.")


def validate_instance_type(args: ResourceValidationArgs, report_violation: ReportViolation):
    if args.resource_type != "aws:ec2/instance:Instance":
        return
    allowed = args.get_config()["allowed"]
    instance_type = args.props.get("instanceType", "not set")
    if instance_type not in allowed:
        report_violation(f"The instance type is {instance_type}. Use {' or '.join(allowed)}.")


def validate_bucket_name(args: ResourceValidationArgs, report_violation: ReportViolation):
    if args.resource_type not in BUCKETS:
        return
    prefix = args.get_config()["prefix"]
    # Without a name of its own, a bucket is named after the resource.
    name = args.props.get("bucket") or args.props.get("bucketPrefix") or args.name
    if not name.startswith(prefix):
        report_violation(f"The bucket is named {name}. Begin its name with {prefix}")


policies = [
    ResourceValidationPolicy(
        name="has-tag",
        description="Every AWS resource that can carry tags says whose it is.",
        enforcement_level=EnforcementLevel.MANDATORY,
        config_schema=PolicyConfigSchema(
            properties={"tag": {"type": "string", "minLength": 1, "default": "owner"}},
        ),
        validate=validate_tag,
    ),
    ResourceValidationPolicy(
        name="instance-type",
        description="Instances are of a type that the product pays for.",
        enforcement_level=EnforcementLevel.MANDATORY,
        config_schema=PolicyConfigSchema(
            properties={
                "allowed": {
                    "type": "array",
                    "items": {"type": "string"},
                    "minItems": 1,
                    "default": ["t4g.micro", "t4g.small"],
                },
            },
        ),
        validate=validate_instance_type,
    ),
    ResourceValidationPolicy(
        name="bucket-name",
        description="Names of buckets begin with the product's prefix.",
        enforcement_level=EnforcementLevel.MANDATORY,
        config_schema=PolicyConfigSchema(
            properties={"prefix": {"type": "string", "minLength": 1, "default": "shop-"}},
        ),
        validate=validate_bucket_name,
    ),
]
