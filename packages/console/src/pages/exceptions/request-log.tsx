import { Button, Stack, Text, Textarea } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { isSaidBefore, type RequestEvent, stepOf } from "@quillon/contract/request-steps";
import { infiniteQueryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api } from "../../api.ts";
import { useOrganization } from "../../session.ts";
import { useChange } from "../../shared/change.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { Problem } from "../../shared/loaded.tsx";
import { byContinuation, More } from "../../shared/more.tsx";
import { Bdi } from "../../shared/strangers.tsx";
import { Time } from "../../shared/time.tsx";

const logQuery = (orgName: string, changeRequestId: string) =>
  infiniteQueryOptions({
    queryKey: ["exception-requests", orgName, "log", changeRequestId],
    queryFn: async ({ pageParam }) => {
      const { events, continuationToken } = await api.call(
        "GET /api/change-requests/{orgName}/{changeRequestId}/events",
        {
          params: { orgName, changeRequestId },
          query: pageParam ? { continuationToken: pageParam } : {},
        },
      );
      return { events, ...(continuationToken && { continuationToken }) };
    },
    ...byContinuation,
  });

/** What happened to a request and what was said of it, and a comment, which decides nothing. */
export function Log({ id }: { id: string }) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button size="xs" variant="default" onClick={open}>
        Comments
      </Button>
      {opened && (
        <Dialog title="What was said and done" close={close}>
          <Stack>
            <Steps id={id} />
            <NewComment id={id} />
          </Stack>
        </Dialog>
      )}
    </>
  );
}

function Steps({ id }: { id: string }) {
  const { name: org } = useOrganization();
  const query = useInfiniteQuery(logQuery(org, id));
  return (
    <More query={query} rowsOf={({ events }) => events}>
      {(events) => (
        <Stack gap="xs" component="ol" m={0} p={0} style={{ listStyle: "none" }} aria-label="Steps">
          {events
            .filter((event) => !isSaidBefore(event))
            .map((event) => (
              <li key={event.id}>
                <Text size="sm" className="text">
                  <Bdi text={event.createdBy.githubLogin || "A user who was removed"} /> {didOf(event)}{" "}
                  <Text span size="sm" c="dimmed">
                    <Time at={event.createdAt} />
                  </Text>
                </Text>
                {event.comment && (
                  <Text size="sm" className="text" pl="sm" style={{ whiteSpace: "pre-wrap" }}>
                    {event.comment}
                  </Text>
                )}
              </li>
            ))}
        </Stack>
      )}
    </More>
  );
}

const didOf = (event: RequestEvent) =>
  stepOf(event) ??
  (event.eventType === "status_changed" ? `made it ${event.newStatus}: ${event.reason}` : event.eventType);

function NewComment({ id }: { id: string }) {
  const { name: orgName } = useOrganization();
  const [comment, setComment] = useState("");
  const make = useChange(
    () =>
      api.call("POST /api/change-requests/{orgName}/{changeRequestId}/comments", {
        params: { orgName, changeRequestId: id },
        body: { comment },
      }),
    () => setComment(""),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs" align="flex-start">
        <Textarea
          label="Comment"
          description="It decides nothing."
          w="100%"
          autosize
          minRows={2}
          maxRows={12}
          maxLength={2000}
          value={comment}
          onChange={({ currentTarget }) => setComment(currentTarget.value)}
        />
        {make.error && <Problem error={make.error} />}
        <Button type="submit" size="xs" loading={make.isPending} disabled={!comment.trim()}>
          Comment
        </Button>
      </Stack>
    </form>
  );
}
