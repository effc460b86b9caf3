from pulumi_policy import (
    EnforcementLevel,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)


def validate_bucket(args: ResourceValidationArgs, report_violation: ReportViolation):
    if args.resource_type != "gcp:storage/bucket:Bucket":
        return
    if args.props.get("publicAccessPrevention") != "enforced":
        report_violation("This bucket can be made public. Set `publicAccessPrevention` to `enforced`.")


policies = [
    ResourceValidationPolicy(
        name="bucket-prevents-public-access",
        description="Buckets prevent public access.",
        enforcement_level=EnforcementLevel.MANDATORY,
        validate=validate_bucket,
    ),
]
