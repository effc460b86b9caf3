from pulumi_policy import (
    EnforcementLevel,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
)


def validate_service(args: ResourceValidationArgs, report_violation: ReportViolation):
    if args.resource_type != "kubernetes:core/v1:Service":
        return
    if (args.props.get("spec") or {}).get("type") == "LoadBalancer":
        report_violation("This service opens a load balancer to everybody. Set `spec.type` to `ClusterIP`, and use an ingress.")


policies = [
    ResourceValidationPolicy(
        name="service-no-load-balancer",
        description="Services do not open load balancers of their own.",
        enforcement_level=EnforcementLevel.MANDATORY,
        validate=validate_service,
    ),
]
