from pulumi_policy import (
    EnforcementLevel,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)


def validate_bucket(args: ResourceValidationArgs, report_violation: ReportViolation):
    if args.resource_type != "aws:s3/bucket:Bucket":
        return
    if args.props.get("acl") in ("public-read", "public-read-write"):
        report_violation("Everybody can read this bucket. Remove `acl`, or set it to `private`.")


policies = [
    ResourceValidationPolicy(
        name="bucket-no-public-read",
        description="Buckets are not readable by everybody.",
        enforcement_level=EnforcementLevel.MANDATORY,
        validate=validate_bucket,
    ),
]
