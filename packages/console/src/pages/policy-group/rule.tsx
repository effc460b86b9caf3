import { Alert, Button, Group, JsonInput, List, SegmentedControl, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import type { Selector } from "@quillon/contract";
import { JsonText } from "@quillon/contract/client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { describeCondition } from "../../shared/membership.ts";
import { Refused } from "../../shared/refused.tsx";
import type { PolicyGroup, Seen } from "../policy-groups/queries.ts";
import { ConditionRows } from "./condition-rows.tsx";
import { draftsOf, type Part, parts, selectorOf } from "./conditions.ts";
import { ruleMatchesQuery, selectorMatchesQuery } from "./match-queries.ts";
import { Matches } from "./matches.tsx";
import { RemoveRule } from "./remove-rule.tsx";

interface RuleProps {
  group: PolicyGroup;
  etag: string;
  readAgain: () => Promise<Seen>;
}

/** The rule by which a group takes in stacks besides those in its list, and what it matches while somebody edits it. */
export function Rule({ group, etag, readAgain }: RuleProps) {
  const { isPolicyManager } = useOrganization();
  return isPolicyManager ? <EditRule group={group} etag={etag} readAgain={readAgain} /> : <ReadRule group={group} />;
}

function EditRule({ readAgain, ...now }: RuleProps) {
  // What others change meanwhile is not shown here, so that saving it is refused instead of taking that back.
  const [{ reply: group, etag }, setSeen] = useState<Seen>({ reply: now.group, etag: now.etag });
  const [begun, setBegun] = useState(0);
  const [form, setForm] = useState(group.stackMatchRule && !group.selector ? "json" : "conditions");
  const saved = () => readAgain().then(setSeen);
  const again = () => void saved().then(() => setBegun((count) => count + 1));
  const Form = form === "json" ? MatchRule : Conditions;
  return (
    <Stack>
      <Text size="sm">
        The group takes in each stack that the rule matches, also those that are made or tagged later, besides those in
        its list.
      </Text>
      <SegmentedControl
        aria-label="How the rule is written"
        data={[
          { value: "conditions", label: "Conditions" },
          { value: "json", label: "Match rule of Pulumi's API" },
        ]}
        value={form}
        onChange={setForm}
        style={{ alignSelf: "flex-start" }}
      />
      <Form key={begun} {...{ group, etag, saved, again }} now={now} />
    </Stack>
  );
}

function ReadRule({ group: { selector, stackMatchRule } }: { group: PolicyGroup }) {
  if (selector) return <ReadConditions selector={selector} />;
  if (!stackMatchRule) return <Text size="sm">The group has no rule.</Text>;
  return <JsonInput label="Rule" readOnly autosize value={JsonText.stringify(stackMatchRule, "  ")} />;
}

function ReadConditions({ selector }: { selector: Selector }) {
  return (
    <Stack gap="xs">
      <Text size="sm">The group takes in each stack of which this is true, besides those in its list.</Text>
      {parts.map((part) => {
        const conditions = selector[part] ?? [];
        if (conditions.length === 0) return null;
        return (
          <div key={part}>
            <Text size="sm" fw={600}>
              {readTitles[part]}
            </Text>
            <List size="sm">
              {conditions.map(describeCondition).map((condition) => (
                <List.Item key={condition} className="text">
                  {condition}
                </List.Item>
              ))}
            </List>
          </div>
        );
      })}
    </Stack>
  );
}

const readTitles: Record<Part, string> = {
  all: "All of these hold",
  any: "At least one of these holds",
  except: "None of these holds",
};

interface FormProps {
  group: PolicyGroup;
  etag: string;
  /** As it is now, also when others have changed it meanwhile. */
  now: { group: PolicyGroup; etag: string };
  /** After a change: reads the group again. */
  saved: () => Promise<void>;
  /** Reads the group again and begins anew. */
  again: () => void;
}

function Conditions({ group, etag, now, saved, again }: FormProps) {
  const { name: orgName } = useOrganization();
  const [drafts, setDrafts] = useState(() => draftsOf(group.selector));
  const selector = selectorOf(drafts);
  const [asked] = useDebouncedValue(selector, 250);
  const matches = useQuery({
    ...selectorMatchesQuery(orgName, asked ?? {}),
    enabled: asked !== undefined,
  });
  const save = useChange(
    (value: Selector) =>
      api.call("PUT /api/quillon/orgs/{orgName}/policygroups/{policyGroup}/selector", {
        params: { orgName, policyGroup: group.name },
        body: { selector: value },
        headers: { "if-match": etag },
      }),
    saved,
  );
  return (
    <Stack>
      {group.stackMatchRule && !group.selector && <Replaced rule={group.ruleNotWritten} />}
      <ConditionRows drafts={drafts} onChange={setDrafts} />
      {asked ? (
        <Matches query={matches} group={group} />
      ) : (
        <Text size="sm" c="dimmed">
          No stack is matched until there is a condition. To match every stack: project *
        </Text>
      )}
      {save.error && <Refused error={save.error} again={again} />}
      <Group>
        <Button disabled={!selector} loading={save.isPending} onClick={() => selector && save.mutate(selector)}>
          Save the rule
        </Button>
        <RemoveRule
          {...now}
          done={() => {
            setDrafts([]);
            return saved();
          }}
        />
      </Group>
    </Stack>
  );
}

/** @param rule A sentence about the rule that the group has, which can't be shown here. */
function Replaced({ rule }: { rule: string | undefined }) {
  return (
    <Alert color="yellow" variant="light" p="sm">
      {rule} What you save here replaces it.
    </Alert>
  );
}

function MatchRule({ group, etag, now, saved, again }: FormProps) {
  const { name: orgName } = useOrganization();
  const [text, setText] = useState(group.stackMatchRule ? JsonText.stringify(group.stackMatchRule, "  ") : "");
  const rule = readRule(text);
  const [asked] = useDebouncedValue(text, 250);
  const askedRule = readRule(asked);
  const matches = useQuery({
    ...ruleMatchesQuery(orgName, askedRule ?? { __type: "" }),
    enabled: askedRule !== undefined,
  });
  const save = useChange(
    (stackMatchRule: { __type: string }) =>
      api.call("PATCH /api/orgs/{orgName}/policygroups/{policyGroup}", {
        params: { orgName, policyGroup: group.name },
        body: { stackMatchRule },
        headers: { "if-match": etag },
      }),
    saved,
  );
  return (
    <Stack>
      {group.selector && !group.stackMatchRule && (
        <Replaced rule="The group has conditions that a match rule can't say." />
      )}
      <JsonInput
        label="stackMatchRule"
        description="A PermissionBooleanExpression about the stack's tags"
        placeholder={example}
        autosize
        minRows={6}
        maxRows={24}
        value={text}
        onChange={setText}
        error={text !== "" && !rule && "This is not a JSON object with a __type."}
      />
      {askedRule && <Matches query={matches} group={group} />}
      {save.error && <Refused error={save.error} again={again} />}
      <Group>
        <Button disabled={!rule} loading={save.isPending} onClick={() => rule && save.mutate(rule)}>
          Save the rule
        </Button>
        <RemoveRule
          {...now}
          done={() => {
            setText("");
            return saved();
          }}
        />
      </Group>
    </Stack>
  );
}

const example = JsonText.stringify(
  { __type: "PermissionExpressionHasTag", context: { __type: "PermissionExpressionStack" }, key: "team" },
  "  ",
);

function readRule(text: string): { __type: string } | undefined {
  try {
    const rule: unknown = JsonText.parse(text);
    if (typeof rule === "object" && rule !== null && "__type" in rule && typeof rule.__type === "string")
      return rule as { __type: string };
  } catch {}
  return undefined;
}
