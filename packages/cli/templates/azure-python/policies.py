from pulumi_policy import (
    EnforcementLevel,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)


def validate_account(args: ResourceValidationArgs, report_violation: ReportViolation):
    if args.resource_type != "azure-native:storage:StorageAccount":
        return
    if args.props.get("allowBlobPublicAccess") is True:
        report_violation("Containers of this account can be made public. Remove `allowBlobPublicAccess`, or set it to `false`.")


policies = [
    ResourceValidationPolicy(
        name="storage-no-public-blobs",
        description="Storage accounts do not allow public access to their blobs.",
        enforcement_level=EnforcementLevel.MANDATORY,
        validate=validate_account,
    ),
]
