import { PolicyPack, validateResourceOfType } from "@pulumi/policy";
import { RandomPassword } from "@pulumi/random";

new PolicyPack("passwords", {
  policies: [
    {
      name: "password-length",
      description: "A generated password is long enough.",
      enforcementLevel: "mandatory",
      severity: "high",
      configSchema: {
        properties: { minLength: { type: "integer", minimum: 1, default: 16 } },
      },
      validateResource: validateResourceOfType(RandomPassword, (password, args, reportViolation) => {
        const { minLength } = args.getConfig<{ minLength: number }>();
        if (password.length < minLength) {
          reportViolation(`A password needs at least ${minLength} characters, and this one gets ${password.length}.`);
        }
      }),
    },
    {
      name: "password-special-characters",
      description: "A generated password has special characters.",
      enforcementLevel: "advisory",
      severity: "low",
      validateResource: validateResourceOfType(RandomPassword, (password, _args, reportViolation) => {
        if (password.special === false) {
          reportViolation("A password should have special characters: leave `special` out, or set it to true.");
        }
      }),
    },
  ],
});
