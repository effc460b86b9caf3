import { dirname, sep } from "node:path";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { type AnalyzeDiagnosticSchema, type Call, RpcError, Status } from "@quillon/proto";
import type { PackState } from "./definition.ts";
import type { EnforcementLevel } from "./levels.ts";
import { toWireLevel, toWireSeverity } from "./levels.ts";
import type { Policy } from "./policy.ts";
import { maskAlso } from "./secrets/printed.ts";
import type { KnowsSecrets, SecretTexts } from "./secrets/texts.ts";
import { UnknownValueError } from "./unknown.ts";
import { type ReportViolation, type Violation, violationText } from "./violation.ts";

export type Diagnostic = MessageInitShape<typeof AnalyzeDiagnosticSchema>;

/**
 * Runs the policies for one request and collects their results. What a policy says or prints is stored with the update, in
 * plain text, so secrets are taken out of it.
 */
export class PolicyRun implements KnowsSecrets {
  readonly diagnostics: Diagnostic[] = [];
  readonly notApplicable: { policyName: string; reason: string }[] = [];
  readonly #pack: PackState;
  readonly #call: Call;
  readonly #urn: string;
  readonly #shownAt: (named: string) => string;
  #answered = false;
  readonly #secrets: KnowsSecrets;
  #texts: SecretTexts | undefined;

  /**
   * @param secrets Is asked when a policy has something to say.
   * @param about The URN of the resource that the request is about. When it is about a stack: says at which resource the engine
   * shows a violation that names a URN, or none.
   */
  constructor(pack: PackState, call: Call, secrets: KnowsSecrets, about: string | ((named: string) => string)) {
    this.#pack = pack;
    this.#call = call;
    this.#secrets = secrets;
    this.#urn = typeof about === "string" ? about : "";
    this.#shownAt = typeof about === "string" ? () => about : about;
    maskAlso(call, this);
  }

  /**
   * Runs a function of a policy. If the function says that it does not apply, that is recorded. If it read an unknown,
   * `onUnknown` gets a message for the user.
   *
   * @returns A promise only if the function returned one: thousands of needless waits would take noticeable time.
   * @throws `RpcError` when the function throws anything else, or when the caller no longer waits.
   */
  attempt(
    policy: Policy,
    kind: Kind,
    step: () => unknown,
    onUnknown: (text: string) => void,
  ): Promise<void> | undefined {
    this.#call.check();
    try {
      const result = step();
      return isThenable(result) ? this.#wait(result, policy, kind, onUnknown) : undefined;
    } catch (error) {
      this.#failed(policy, kind, error, onUnknown);
      return undefined;
    }
  }

  #wait(result: PromiseLike<unknown>, policy: Policy, kind: Kind, onUnknown: (text: string) => void): Promise<void> {
    return Promise.resolve(result).then(
      () => undefined,
      (error: unknown) => this.#failed(policy, kind, error, onUnknown),
    );
  }

  #failed(policy: Policy, kind: Kind, error: unknown, onUnknown: (text: string) => void): void {
    const { name, version } = this.#pack;
    const from = `${kind} '${policy.name}' from policy pack '${name}@v${version}'`;
    if (error instanceof UnknownValueError) onUnknown(`can't run ${from} during preview: ${error.message}`);
    else if (error instanceof NotApplicable) this.skip(policy, this.#masked(error.reason));
    else throw this.#failure(`Error ${VERBS[kind]} resource with ${from}`, error);
  }

  /** What the policies said. Whatever they report from now on is too late to be counted. */
  answer(): { diagnostics: Diagnostic[]; notApplicable: { policyName: string; reason: string }[] } {
    this.#answered = true;
    return { diagnostics: this.diagnostics, notApplicable: this.notApplicable };
  }

  skip(policy: Policy, reason = ""): void {
    this.notApplicable.push({ policyName: policy.name, reason });
  }

  /** Makes a validation's `reportViolation`. A violation of level `disabled` is dropped, because it would crash the engine. */
  reporter(policy: Policy, level: EnforcementLevel): ReportViolation {
    return (reported, urn) => {
      if (typeof reported !== "object") {
        const text = reported ? `${policy.description}\n${this.#masked(reported)}` : policy.description;
        this.#violated(policy, text, { level, ...(urn && { urn }) });
        return;
      }
      if (reported.enforcementLevel === "disabled") return;
      const violation = this.#maskedViolation(reported);
      const speaker = {
        name: violation.name || policy.name,
        description: violation.description || policy.description,
        severity: reported.severity || policy.severity,
      };
      this.#violated(speaker as Policy, violationText(policy.description, violation), {
        level: reported.enforcementLevel || level,
        ...(reported.urn && { urn: reported.urn }),
      });
    };
  }

  /** Reports that a validation could not run, as an advisory, so that the preview goes on. */
  undetermined(policy: Policy, text: string): void {
    this.#add(policy, text, { level: "advisory" });
  }

  /** The resource's URN stays, because the engine looks it up, and so do the names of the pack's policies. */
  #maskedViolation({ message, description, path, suggestion, name }: Violation): Violation {
    const isPolicy = name && this.#pack.policies.some((policy) => policy.name === name);
    return {
      message: this.#masked(message),
      description: this.#masked(description),
      path: this.#masked(path),
      suggestion: this.#masked(suggestion),
      name: isPolicy ? name : this.#masked(name),
    } as Violation;
  }

  /** While no policy has been shown anything yet there are none, so that answer is not kept. */
  secretTexts(): SecretTexts {
    if (this.#texts?.size) return this.#texts;
    const texts = this.#secrets.secretTexts();
    if (texts.size > 0) this.#texts = texts;
    return texts;
  }

  #masked<Text extends string | undefined>(text: Text): Text {
    if (!text) return text;
    this.#texts ??= this.#secrets.secretTexts();
    return this.#texts.size > 0 ? (this.#texts.mask(`${text}`) as Text) : text;
  }

  #violated(policy: Policy, message: string, { level, urn = "" }: { level: EnforcementLevel; urn?: string }): void {
    const excepting = this.#pack.exceptions.excepting(policy.name, this.#shownAt(urn));
    if (!excepting) this.#add(policy, message, { level, urn });
    else {
      const text = `${message ?? ""}\nThis violation does not fail the run: ${excepting}.`;
      this.#add(policy, text, { level: "advisory", urn });
    }
  }

  #add(policy: Policy, message: string, { level, urn = "" }: { level: EnforcementLevel; urn?: string }): void {
    if (this.#answered) this.#pack.tooLate({ policy: policy.name, message, urn: urn || this.#urn, level });
    this.diagnostics.push({
      policyName: policy.name,
      policyPackName: this.#pack.name,
      policyPackVersion: this.#pack.version,
      description: policy.description ?? "",
      message: message ?? "",
      enforcementLevel: toWireLevel(level),
      urn,
      severity: toWireSeverity(policy.severity),
    });
  }

  #failure(what: string, error: unknown): RpcError {
    const trace = error instanceof Error ? ownFrames(error.stack ?? error.message) : String(error);
    const where = this.#urn ? `\nResource: ${this.#urn}` : "";
    return new RpcError(Status.UNKNOWN, `${what}:\n${this.#masked(trace)}${where}`);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** What a function of a policy is called in messages. */
type Kind = "policy" | "remediation";
const VERBS: Record<Kind, string> = { policy: "validating", remediation: "remediating" };

/** Thrown by `notApplicable`. */
class NotApplicable extends Error {
  readonly reason: string | undefined;

  constructor(reason: string | undefined) {
    super(reason ?? "Policy does not apply");
    this.reason = reason;
  }
}

export function notApplicable(reason?: string): never {
  throw new NotApplicable(reason);
}

const HERE = dirname(import.meta.filename) + sep;

/** Removes the frames of this package and of Node from a stack trace, so that the pack author's frames remain. */
function ownFrames(stack: string): string {
  const isOurs = (line: string) => /^\s+at /.test(line) && (line.includes(HERE) || line.includes("(node:"));
  return stack
    .split("\n")
    .filter((line) => !isOurs(line))
    .join("\n");
}
