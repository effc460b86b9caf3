import { Alert, Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../../api.ts";
import { useOrganization } from "../../../session.ts";
import { useChange } from "../../../shared/change.ts";
import { Go } from "../../../shared/links.tsx";
import { Loaded, Problem } from "../../../shared/loaded.tsx";
import { Time } from "../../../shared/time.tsx";
import { receiptStateQuery, useStackName } from "../queries.ts";

export function Receipts() {
  const name = useStackName();
  const query = useQuery(receiptStateQuery(name));
  return (
    <Loaded query={query}>
      {({ stoppedBy, changedWithoutPoliciesSince, withoutCompleteReceipt }) => (
        <Stack gap="sm">
          {stoppedBy && <Stop {...stoppedBy} />}
          {changedWithoutPoliciesSince && (
            <Text size="sm">
              A state was imported <Time at={changedWithoutPoliciesSince} />, and no policy was asked about it. This
              ends with an update that has a complete receipt.
            </Text>
          )}
          {withoutCompleteReceipt && (
            <Text size="sm">
              The last {withoutCompleteReceipt.updates} updates have no complete receipt, since{" "}
              <Time at={withoutCompleteReceipt.since} />.
            </Text>
          )}
          {!stoppedBy && !changedWithoutPoliciesSince && !withoutCompleteReceipt && (
            <Text size="sm">Nothing is wrong: receipts stop no update of this stack.</Text>
          )}
        </Stack>
      )}
    </Loaded>
  );
}

function Stop({ updateID, status, reasons }: { updateID: string; status: string; reasons: readonly string[] }) {
  const { orgName: org, projectName: project, stackName: stack } = useStackName();
  return (
    <Alert color="red" title="The next update is not started">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">
          The receipt of{" "}
          <Go
            to="/$org/$project/$stack/updates/$version"
            params={{ org, project, stack, version: updateID }}
            search={{ tab: "receipt" }}
            underline="always"
          >
            an update
          </Go>{" "}
          is {status}. A preview or an update with a complete receipt lets the next one start:
        </Text>
        <ul style={{ margin: 0 }}>
          {reasons.map((reason) => (
            <li key={reason} className="text">
              {reason}
            </li>
          ))}
        </ul>
        <Lift />
      </Stack>
    </Alert>
  );
}

/** Lets the next update start all the same. */
function Lift() {
  const params = useStackName();
  const { isAdmin } = useOrganization();
  const [opened, { open, close }] = useDisclosure();
  const [reason, setReason] = useState("");
  const lift = useChange(
    () =>
      api.call("POST /api/quillon/orgs/{orgName}/stacks/{projectName}/{stackName}/receipt-state/lift", {
        params,
        body: { reason },
      }),
    close,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    lift.mutate();
  };
  if (!isAdmin) return <Text size="sm">Admins of the organization can let it start all the same.</Text>;
  return (
    <>
      <Button size="xs" variant="default" onClick={open}>
        Let the next update start
      </Button>
      <Modal opened={opened} onClose={close} title="Let the next update start">
        <form onSubmit={submit}>
          <Stack>
            <Text size="sm">
              The next update of {params.projectName}/{params.stackName} starts although nobody knows whether policies
              were asked about what was deployed last. The audit log has your reason.
            </Text>
            <Textarea
              label="Reason"
              required
              autosize
              minRows={2}
              maxLength={1000}
              value={reason}
              onChange={({ currentTarget }) => setReason(currentTarget.value)}
              data-autofocus
            />
            {lift.error && <Problem error={lift.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" color="red" loading={lift.isPending} disabled={!reason.trim()}>
                Let it start
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
