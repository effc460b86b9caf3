import { Table, Text } from "@mantine/core";
import { FactRow } from "../../shared/fact-row.tsx";
import { Go } from "../../shared/links.tsx";
import { OlderClis } from "../../shared/older-clis.tsx";
import { Bdi } from "../../shared/strangers.tsx";
import { Time } from "../../shared/time.tsx";
import { Status } from "../../shared/words.tsx";
import type { Exception } from "./queries.ts";

/** Who made an exception and who agreed to it, and since when, until when and where it holds. */
export function Facts({ org, exception }: { org: string; exception: Exception }) {
  const { status, policyPack, createdAt, createdBy, removedAt, removedBy, expiresAt } = exception;
  const { changeRequest, lastNeededAt, underOlderClis } = exception;
  const state = stateOf(exception);
  return (
    <Table variant="vertical" layout="fixed" maw={720}>
      <Table.Tbody>
        <FactRow label="Status">
          <Status of={state} {...(status === "active" && { color: "grape" })} />
        </FactRow>
        <FactRow label="Policy pack">
          <Go to="/$org/insights/policypacks/$pack" params={{ org, pack: policyPack }}>
            {policyPack}
          </Go>
        </FactRow>
        {changeRequest ? (
          <>
            <FactRow label="Asked for">
              <Time at={changeRequest.createdAt} /> by {loginOf(createdBy)}
            </FactRow>
            <FactRow label="Approved">
              <Approval request={changeRequest} />
            </FactRow>
            <FactRow label="Applied">
              <Time at={createdAt} />
            </FactRow>
          </>
        ) : (
          <FactRow label="Made">
            <Time at={createdAt} /> by {loginOf(createdBy)}
          </FactRow>
        )}
        <FactRow label={words[state]}>
          <Time at={removedAt ?? expiresAt} never="no end" />
          {removedBy && ` by ${removedBy.githubLogin}`}
        </FactRow>
        <FactRow label="Last needed">
          <Time at={lastNeededAt} />
        </FactRow>
        {underOlderClis && (
          <FactRow label="Under Pulumi CLIs before 3.274">
            <OlderClis org={org} under={underOlderClis} />
          </FactRow>
        )}
      </Table.Tbody>
    </Table>
  );
}

const words = { "in effect": "Ends", removed: "Removed", ended: "Ended" };

/** Whether somebody has removed it, or its time is over. */
function stateOf({ status, removedBy }: Exception): keyof typeof words {
  if (status === "active") return "in effect";
  return removedBy ? "removed" : "ended";
}

const loginOf = (person: Exception["createdBy"]) => person?.githubLogin ?? "somebody who left";

function Approval({ request: { approvedAt, approvedBy, approvalComment } }: { request: ChangeRequest }) {
  if (!approvedAt) return "nobody had to approve it";
  return (
    <>
      <Time at={approvedAt} /> by {loginOf(approvedBy)}
      {approvalComment && (
        <Text size="sm" className="text" style={{ whiteSpace: "pre-wrap" }}>
          <Bdi text={approvalComment} />
        </Text>
      )}
    </>
  );
}

type ChangeRequest = NonNullable<Exception["changeRequest"]>;
