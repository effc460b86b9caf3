import { Alert, Button, Group, NumberInput, Select, Stack, Text, Textarea } from "@mantine/core";
import { ApiError } from "@quillon/contract/client";
import { olderClisText } from "@quillon/contract/older-clis-text";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Loaded, Problem } from "../../shared/loaded.tsx";
import { Page } from "../../shared/page.tsx";
import { type Finding, findingQuery } from "../finding/queries.ts";
import { PackPicker, PolicyPicker, ResourcePicker } from "./pickers.tsx";
import { effectQuery, packNamesQuery } from "./queries.ts";

const route = getRouteApi("/signed-in/$org/insights/new-exception");
const HOUR = 3600;

interface Wish {
  pack: string;
  policy: string;
  urn: string;
}

/** Makes an exception, or where somebody else must agree, asks for it. */
export function NewExceptionPage() {
  const { org } = route.useParams();
  const { finding = "", pack = "", policy = "", urn = "" } = route.useSearch();
  const query = useQuery({ ...findingQuery(org, finding), enabled: finding !== "" });
  return (
    <Page
      title="New exception"
      about="A violation that it matches is shown, and stops no update, whatever the level of its policy."
    >
      {finding === "" ? (
        <Form org={org} wish={{ pack, policy, urn }} />
      ) : (
        <Loaded query={query}>{({ policyIssue }) => <Form org={org} wish={wishOf(policyIssue)} />}</Loaded>
      )}
    </Page>
  );
}

const wishOf = ({ policyPack, policyName, resourceURN }: Finding): Wish => ({
  pack: policyPack,
  policy: policyName,
  urn: resourceURN,
});

const known = (text: string) => (text ? [text] : []);

function Form({ org, wish }: { org: string; wish: Wish }) {
  const [policyPack, setPack] = useState(wish.pack);
  const [policies, setPolicies] = useState(known(wish.policy));
  const [targets, setTargets] = useState(known(wish.urn));
  const [reason, setReason] = useState("");
  const [lasts, setLasts] = useState<string | number>(7);
  const [unit, setUnit] = useState("days");
  const { isPolicyManager: mayMake } = useOrganization();
  const navigate = useNavigate();
  const make = useChange(
    () => {
      const hours = Number(lasts) * (unit === "days" ? 24 : 1);
      const body = {
        policyPack,
        match: [{ policies, targets }],
        reason,
        ...(unit !== "never" && { expiresInSeconds: hours * HOUR }),
      };
      return makeOrAsk(org, body, { mayMake });
    },
    (exception) =>
      exception
        ? navigate({ to: "/$org/insights/exceptions/$id", params: { org, id: exception } })
        : navigate({ to: "/$org/insights/exceptions", params: { org }, search: { view: "requests" } }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack maw={720}>
        <PackPicker org={org} value={policyPack} onChange={setPack} />
        <PolicyPicker org={org} pack={policyPack} value={policies} onChange={setPolicies} />
        <ResourcePicker org={org} pack={policyPack} policies={policies} value={targets} onChange={setTargets} />
        <Textarea
          label="Reason"
          description="It is shown wherever the violation is"
          value={reason}
          onChange={(e) => setReason(e.currentTarget.value)}
          maxLength={2048}
          autosize
          minRows={2}
          required
        />
        <Duration lasts={lasts} setLasts={setLasts} unit={unit} setUnit={setUnit} />
        <Alert variant="light" color="gray">
          <Text size="sm">
            It is for stacks whose updates begin from now on.{" "}
            {mayMake
              ? "Where the organization wants somebody else to agree, this asks for it."
              : "A policy manager has to agree first."}
          </Text>
          <Effect org={org} pack={policyPack} />
        </Alert>
        {make.error && <Problem error={make.error} />}
        <Group>
          <Button type="submit" loading={make.isPending}>
            {mayMake ? "Make the exception" : "Ask for the exception"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What the exception does under CLIs that do not know exceptions, once a pack is chosen. */
function Effect({ org, pack }: { org: string; pack: string }) {
  const isKnown = useQuery(packNamesQuery(org)).data?.includes(pack) ?? false;
  const { data } = useQuery({ ...effectQuery(org, pack), enabled: isKnown });
  if (!data) return null;
  return (
    <Text size="sm" mt="xs">
      Under Pulumi CLIs before 3.274: {olderClisText(data.underOlderClis)}
    </Text>
  );
}

interface DurationProps {
  lasts: string | number;
  setLasts: (lasts: string | number) => void;
  unit: string;
  setUnit: (unit: string) => void;
}

const units = [
  { value: "hours", label: "hours" },
  { value: "days", label: "days" },
  { value: "never", label: "without an end" },
];

function Duration({ lasts, setLasts, unit, setUnit }: DurationProps) {
  return (
    <Group align="flex-end">
      <NumberInput
        label="Lasts"
        value={lasts}
        onChange={setLasts}
        min={1}
        allowDecimal={false}
        disabled={unit === "never"}
        required={unit !== "never"}
        w={120}
      />
      <Select
        label="Unit"
        data={units}
        value={unit}
        onChange={(value) => setUnit(value ?? "days")}
        allowDeselect={false}
      />
    </Group>
  );
}

type Body = Parameters<typeof api.call<"POST /api/orgs/{orgName}/policy/exceptions">>[1]["body"];

/** @returns the id of the exception, or nothing when it was asked for and waits for somebody else. */
async function makeOrAsk(orgName: string, body: Body, { mayMake }: { mayMake: boolean }): Promise<string | undefined> {
  if (!mayMake) return ask(orgName, body);
  const params = { orgName };
  try {
    const { id } = await api.call("POST /api/orgs/{orgName}/policy/exceptions", { params, body });
    return id;
  } catch (error) {
    if (!(error instanceof ApiError && error.id === "exception_needs_approval")) throw error;
    return ask(orgName, body);
  }
}

async function ask(orgName: string, body: Body): Promise<undefined> {
  const params = { orgName };
  const { changeRequestId } = await api.call("POST /api/orgs/{orgName}/policy/exceptions/drafts", { params, body });
  await api.call("POST /api/change-requests/{orgName}/{changeRequestId}/submit", {
    params: { orgName, changeRequestId },
    body: { description: body.reason.slice(0, 1000) },
  });
}
