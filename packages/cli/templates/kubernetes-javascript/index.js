const { PolicyPack, validateResourceOfType } = require("@quillon/policy");

new PolicyPack("${PROJECT}", {
  policies: [
    {
      name: "service-no-load-balancer",
      description: "Services do not open load balancers of their own.",
      enforcementLevel: "mandatory",
      validateResource: validateResourceOfType("kubernetes:core/v1:Service", (service, _args, reportViolation) => {
        if (service.spec?.type === "LoadBalancer") {
          reportViolation(
            "This service opens a load balancer to everybody. Set `spec.type` to `ClusterIP`, and use an ingress.",
          );
        }
      }),
    },
  ],
});
