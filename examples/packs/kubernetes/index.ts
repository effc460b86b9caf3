import {
  PolicyPack,
  type ReportViolation,
  type ResourceValidation,
  type ResourceValidationArgs,
} from "@quillon/policy";
import { type Container, containersOf } from "./containers";

/** A policy about each container, whatever kind of object starts it. */
function ofContainers(
  validate: (container: Container, args: ResourceValidationArgs, reportViolation: ReportViolation) => void,
): ResourceValidation {
  return (args, reportViolation) => {
    const containers = containersOf(args.type, args.props);
    if (!containers) return args.notApplicable("It starts no containers.");
    for (const container of containers) validate(container, args, reportViolation);
  };
}

/** What is after the registry's name and port: a port is no version. */
const versionOf = (image: string) => /[:@]([^/]+)$/.exec(image)?.[1] ?? "latest";

new PolicyPack("kubernetes", {
  policies: [
    {
      name: "image-has-version",
      description: "Images are named with a version, so that the same one runs tomorrow.",
      enforcementLevel: "mandatory",
      validateResource: ofContainers(({ name, image = "" }, _args, reportViolation) => {
        if (versionOf(image) !== "latest") return;
        reportViolation(`The container ${name} runs "${image}": name a version after its colon, or a digest after @.`);
      }),
    },
    {
      name: "image-from-registry",
      description: "Images come from the organization's registries.",
      enforcementLevel: "advisory",
      configSchema: {
        properties: {
          registries: {
            type: "array",
            items: { type: "string", pattern: "/$" },
            minItems: 1,
            default: ["registry.example.com/"],
          },
        },
      },
      validateResource: ofContainers(({ name, image = "" }, args, reportViolation) => {
        const { registries } = args.getConfig<{ registries: string[] }>();
        if (registries.some((registry) => image.startsWith(registry))) return;
        reportViolation(`The container ${name} runs "${image}", which is not from ${registries.join(" or ")}.`);
      }),
    },
    {
      name: "memory-limited",
      description: "Containers have a limit of memory, so that one can't take a whole node.",
      enforcementLevel: "mandatory",
      validateResource: ofContainers(({ name, resources }, _args, reportViolation) => {
        if (!resources?.limits?.memory) reportViolation(`The container ${name} needs resources.limits.memory.`);
      }),
    },
    {
      name: "not-privileged",
      description: "Containers don't have the rights of their node.",
      enforcementLevel: "mandatory",
      severity: "critical",
      validateResource: ofContainers(({ name, securityContext }, _args, reportViolation) => {
        if (securityContext?.privileged) reportViolation(`The container ${name} is privileged.`);
      }),
    },
  ],
});
