import type { OlderCliEffect } from "./older-clis.ts";

const texts: Record<OlderCliEffect, string> = {
  applied: "The policy pack applies it, because it is bundled on @quillon/policy.",
  blocked:
    "It is not applied, because the policy pack is in Python or on another SDK than @quillon/policy. What it matches still fails there.",
  unknown:
    "Only versions of the policy pack that run on @quillon/policy apply it, and the server does not know whether all do. What it matches still fails with the others.",
};

/** For people, what an exception does where a Pulumi CLI before 3.274 runs its policy pack. */
export const olderClisText = (effect: OlderCliEffect): string => texts[effect];
