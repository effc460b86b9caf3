import { Button, Code, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { api } from "../../api.ts";
import { useChange } from "../../shared/change.ts";
import { Empty } from "../../shared/empty.tsx";
import { Listing } from "../../shared/listing.tsx";
import { Loaded, Problem } from "../../shared/loaded.tsx";
import { Time } from "../../shared/time.tsx";
import { Status } from "../../shared/words.tsx";
import { deliveriesQuery } from "../webhooks/queries.ts";
import { answerOf, isAccepted } from "./answer.ts";

type Delivery = Awaited<ReturnType<typeof api.call<"GET /api/orgs/{orgName}/hooks/{hookName}/deliveries">>>[number];

/** What was sent, what was answered, and sending it once more. */
export function Deliveries({ org, hook }: { org: string; hook: string }) {
  const query = useQuery(deliveriesQuery(org, hook));
  return (
    <Loaded query={query}>
      {(deliveries) =>
        deliveries.length > 0 ? (
          <Listing minWidth={560} columns={["When", "Of", "Answer", { number: "Took" }, { hidden: "Actions" }]}>
            {deliveries.map((delivery) => (
              <Row key={delivery.id} delivery={delivery} org={org} hook={hook} />
            ))}
          </Listing>
        ) : (
          <Empty title="Nothing was sent yet" command={`quillon webhook ping ${hook} --org ${org}`}>
            A message is sent when something happens that it is told of. To send a test message, press the button, or
            type:
          </Empty>
        )
      }
    </Loaded>
  );
}

function Row({ delivery, org, hook }: { delivery: Delivery; org: string; hook: string }) {
  const [open, setOpen] = useState(false);
  const again = useChange(() =>
    api.call("POST /api/orgs/{orgName}/hooks/{hookName}/deliveries/{event}/redeliver", {
      params: { orgName: org, hookName: hook, event: delivery.id },
    }),
  );
  return (
    <Fragment>
      <Table.Tr>
        <Table.Td>
          <Time at={delivery.timestamp} />
        </Table.Td>
        <Table.Td>{delivery.kind}</Table.Td>
        <Table.Td>
          <Status of={answerOf(delivery)} color={isAccepted(delivery.responseCode) ? "green" : "red"} />
        </Table.Td>
        <Table.Td ta="right">{delivery.duration} ms</Table.Td>
        <Table.Td ta="right">
          <Button size="compact-xs" variant="default" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? "Hide" : "Show"}
          </Button>
        </Table.Td>
      </Table.Tr>
      {open && (
        <Table.Tr>
          <Table.Td colSpan={5}>
            <Stack gap="xs" align="flex-start">
              <Text size="sm">Sent:</Text>
              <Code block className="text">
                {delivery.payload}
              </Code>
              <Text size="sm">Answered:</Text>
              <Code block className="text">
                {delivery.responseBody || "nothing"}
              </Code>
              <Button size="xs" variant="default" loading={again.isPending} onClick={() => again.mutate()}>
                Send once more
              </Button>
              {again.error && <Problem error={again.error} />}
            </Stack>
          </Table.Td>
        </Table.Tr>
      )}
    </Fragment>
  );
}
