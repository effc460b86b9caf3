import { Group, Stack, Table, Text, Textarea } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { api } from "../../api.ts";
import { useOrganization, useSession } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Confirm } from "../../shared/confirm.tsx";
import { Empty } from "../../shared/empty.tsx";
import { ExceptionMatch } from "../../shared/exception-match.tsx";
import { Go } from "../../shared/links.tsx";
import { Listing } from "../../shared/listing.tsx";
import { Loaded } from "../../shared/loaded.tsx";
import { More } from "../../shared/more.tsx";
import { counted } from "../../shared/numbers.ts";
import { OlderClis } from "../../shared/older-clis.tsx";
import { Bdi, Isolated } from "../../shared/strangers.tsx";
import { Time } from "../../shared/time.tsx";
import { Status } from "../../shared/words.tsx";
import { type Request, requestQuery, requestsQuery } from "./queries.ts";
import { Log } from "./request-log.tsx";

/**
 * What people asked for. Somebody else than the author, who manages policies, approves or rejects.
 *
 * @param only the id of the one that is shown. Undefined for all.
 */
export function Requests({ only }: { only: string | undefined }) {
  return only ? <OneRequest id={only} /> : <RequestList />;
}

function OneRequest({ id }: { id: string }) {
  const { name: org } = useOrganization();
  return (
    <Stack>
      <Go to="/$org/insights/exceptions" params={{ org }} search={{ view: "requests" }} size="sm">
        All requests
      </Go>
      <Loaded query={useQuery(requestQuery(org, id))}>{(request) => <Rows requests={[request]} org={org} />}</Loaded>
    </Stack>
  );
}

function RequestList() {
  const { name: org } = useOrganization();
  const query = useInfiniteQuery(requestsQuery(org));
  return (
    <More query={query} rowsOf={({ requests }) => requests}>
      {(requests) =>
        requests.length > 0 ? (
          <Rows requests={requests} org={org} />
        ) : (
          <Empty title="Nobody has asked for an exception" command="quillon policy exception new --from-finding ID">
            Where an admin has set that somebody else must agree, each exception begins here. To ask for one:
          </Empty>
        )
      }
    </More>
  );
}

function Rows({ requests, org }: { requests: readonly Request[]; org: string }) {
  return (
    <Listing minWidth={760} columns={["Asked for", "Reason", "By", { plain: "Status" }, { hidden: "Actions" }]}>
      {requests.map((request) => (
        <Row key={request.id} request={request} org={org} />
      ))}
    </Listing>
  );
}

function Row({ request, org }: { request: Request; org: string }) {
  const { policyPack, match, reason, createdBy, createdAt, closeComment, approvalComment, exceptionId } = request;
  const { status, expiresInSeconds } = request;
  const said = closeComment ?? approvalComment;
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm">{policyPack}</Text>
        {match.map(({ policies, targets }) => (
          <Text key={`${policies} ${targets}`} size="xs" c="dimmed" lineClamp={3} className="text">
            <Isolated texts={policies} />: <Isolated texts={targets} />
          </Text>
        ))}
      </Table.Td>
      <Table.Td>
        <Text size="sm" lineClamp={4} className="text">
          {reason}
        </Text>
      </Table.Td>
      <Table.Td>
        {createdBy?.githubLogin ?? "somebody who left"}, <Time at={createdAt} />
        <Text size="xs" c="dimmed">
          lasts {timeOf(expiresInSeconds)}
        </Text>
      </Table.Td>
      <Table.Td>
        <Status of={status} />
        {said && (
          <Text size="xs" className="text" lineClamp={3}>
            {said}
          </Text>
        )}
        {exceptionId && (
          <Go to="/$org/insights/exceptions/$id" params={{ org, id: exceptionId }} size="xs" display="block">
            {exceptionId}
          </Go>
        )}
      </Table.Td>
      <Table.Td>
        <Decisions request={request} />
      </Table.Td>
    </Table.Tr>
  );
}

/** What the caller may do with a request now. */
function Decisions({ request: { id, status, createdBy, approvedAt } }: { request: Request }) {
  const { isPolicyManager } = useOrganization();
  const { login } = useSession();
  const own = createdBy?.githubLogin === login;
  const mayDecide = isPolicyManager && !own;
  // Where nobody had to agree when it was submitted, somebody may have to since.
  const isUnapproved = status === "pending" || (status === "ready" && !approvedAt);
  return (
    <Group gap="xs" wrap="nowrap" justify="flex-end">
      {status === "draft" && own && (
        <Decision
          id={id}
          verb="submit"
          title="Submit"
          about="Policy managers are shown the request, and can agree to it."
        />
      )}
      {isUnapproved && mayDecide && (
        <Decision id={id} verb="approve" title="Approve" about={<Approving id={id} />} comments />
      )}
      {status === "ready" && (own || isPolicyManager) && (
        <Decision id={id} verb="apply" title="Apply" about="The violations are let through from the next update on." />
      )}
      {(status === "draft" || status === "pending" || status === "ready") && (own || isPolicyManager) && (
        <Decision id={id} verb="close" title={own ? "Give up" : "Reject"} about="Nothing is excepted." comments />
      )}
      <Log id={id} />
    </Group>
  );
}

/** What whoever agrees should know before: the list shows only the beginning of it. */
function Approving({ id }: { id: string }) {
  const { name: org } = useOrganization();
  const query = useQuery(requestQuery(org, id));
  return (
    <Loaded query={query}>
      {({ policyPack, match, reason, expiresInSeconds, underOlderClis }) => (
        <Stack gap="xs">
          <Text size="sm">Then it can be applied, and its time begins. It lasts {timeOf(expiresInSeconds)}.</Text>
          <Text size="sm" fw={600}>
            Reason
          </Text>
          <Text size="sm" className="text" style={{ whiteSpace: "pre-wrap" }}>
            <Bdi text={reason} />
          </Text>
          <Text size="sm" fw={600}>
            What it lets through of {policyPack}
          </Text>
          <ExceptionMatch match={match} />
          <Text size="sm" fw={600}>
            Under Pulumi CLIs before 3.274
          </Text>
          <OlderClis org={org} under={underOlderClis} />
        </Stack>
      )}
    </Loaded>
  );
}

/** How long an exception lasts: `7 days`. */
function timeOf(seconds: number | undefined): string {
  if (seconds === undefined) return "without an end";
  const hours = seconds / 3600;
  return hours % 24 === 0 ? counted(hours / 24, "day") : counted(hours, "hour");
}

interface DecisionProps {
  id: string;
  verb: "submit" | "approve" | "apply" | "close";
  title: string;
  about: ReactNode;
  /** Whether something can be said with it. */
  comments?: boolean;
}

function Decision({ id, verb, title, about, comments = false }: DecisionProps) {
  const { name: org } = useOrganization();
  const [comment, setComment] = useState("");
  const decide = useChange(() => send(verb, { orgName: org, changeRequestId: id }, comment));
  const isToRead = verb === "approve";
  const isShown = useQuery({ ...requestQuery(org, id), enabled: false }).isSuccess;
  return (
    <Confirm
      label={title}
      title={`${title} the request`}
      mutation={decide}
      gives={verb !== "close"}
      unready={isToRead && !isShown}
    >
      {/* What is agreed to is read before anything is done, so it has the focus before the comment. */}
      <Text size="sm" component="div" {...(isToRead && { tabIndex: -1, "data-autofocus": true })}>
        {about}
      </Text>
      {comments && (
        <Textarea
          label="Comment"
          value={comment}
          onChange={({ currentTarget }) => setComment(currentTarget.value)}
          maxLength={2000}
          autosize
          minRows={2}
          {...(!isToRead && { "data-autofocus": true })}
        />
      )}
    </Confirm>
  );
}

async function send(
  verb: DecisionProps["verb"],
  params: { orgName: string; changeRequestId: string },
  comment: string,
): Promise<unknown> {
  const said = comment.trim() ? { comment } : {};
  switch (verb) {
    case "submit":
      return api.call("POST /api/change-requests/{orgName}/{changeRequestId}/submit", { params, body: {} });
    case "apply":
      return api.call("POST /api/change-requests/{orgName}/{changeRequestId}/apply", { params });
    case "close":
      return api.call("POST /api/change-requests/{orgName}/{changeRequestId}/close", { params, body: said });
    case "approve": {
      const { latestRevisionNumber } = await api.call("GET /api/change-requests/{orgName}/{changeRequestId}", {
        params,
      });
      const body = { revisionNumber: latestRevisionNumber, ...said };
      return api.call("POST /api/change-requests/{orgName}/{changeRequestId}/approve", { params, body });
    }
  }
}
