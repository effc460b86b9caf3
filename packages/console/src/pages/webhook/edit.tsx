import { Button, Checkbox, Group, MultiSelect, PasswordInput, Select, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { Api, ReplyOf } from "@quillon/contract";
import { type FormEvent, useState } from "react";
import { api } from "../../api.ts";
import { useChange } from "../../shared/change.ts";
import { clearButton } from "../../shared/clear-button.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { Problem } from "../../shared/loaded.tsx";
import { formats, wishes, wishesOf } from "../webhooks/wishes.ts";

export type Webhook = ReplyOf<Api["GET /api/orgs/{orgName}/hooks/{hookName}"]>;

/** As the API takes it: https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/cmd/pulumi/stack/stack_webhook_edit.go */
const REMOVE_SECRET = "__remove-secret";

export function Edit({ org, webhook }: { org: string; webhook: Webhook }) {
  const [opened, { open, close }] = useDisclosure();
  return (
    <>
      <Button size="xs" variant="default" onClick={open}>
        Edit
      </Button>
      {opened && (
        <Dialog title={`Edit webhook ${webhook.name}`} close={close}>
          <Form org={org} webhook={webhook} close={close} />
        </Dialog>
      )}
    </>
  );
}

/** The URL and the secret are credentials, which the server shows nobody: what is left empty stays. */
function Form({ org, webhook, close }: { org: string; webhook: Webhook; close: () => void }) {
  const [displayName, setDisplayName] = useState(webhook.displayName);
  const [payloadUrl, setUrl] = useState("");
  const [format, setFormat] = useState(webhook.format);
  const [told, setTold] = useState([...webhook.groups, ...webhook.filters]);
  const [secret, setSecret] = useState("");
  const save = useChange(
    () =>
      api.call("PATCH /api/orgs/{orgName}/hooks/{hookName}", {
        params: { orgName: org, hookName: webhook.name },
        body: {
          displayName,
          format,
          ...wishesOf(told),
          ...(payloadUrl && { payloadUrl }),
          ...(secret && { secret }),
        },
      }),
    close,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label="Shown as"
          required
          maxLength={200}
          value={displayName}
          onChange={({ currentTarget }) => setDisplayName(currentTarget.value)}
        />
        <TextInput
          label="New URL"
          type="url"
          description={`Left empty, it stays: ${webhook.payloadUrl}`}
          maxLength={2000}
          value={payloadUrl}
          onChange={({ currentTarget }) => setUrl(currentTarget.value)}
        />
        <Select
          label="Format"
          data={formats}
          value={format}
          onChange={(value) => setFormat(value ?? format)}
          allowDeselect={false}
        />
        <MultiSelect
          label="Told of"
          description="Nothing chosen means everything."
          data={wishes}
          value={told}
          onChange={setTold}
          searchable
          clearable
          clearButtonProps={clearButton("Be told of everything")}
        />
        <Signature hasSecret={webhook.hasSecret} secret={secret} set={setSecret} />
        {save.error && <Problem error={save.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface SignatureProps {
  hasSecret: boolean;
  /** Empty for the one that there is. */
  secret: string;
  set: (secret: string) => void;
}

function Signature({ hasSecret, secret, set }: SignatureProps) {
  const removes = secret === REMOVE_SECRET;
  return (
    <>
      <PasswordInput
        label="New secret of the signature"
        description={hasSecret ? "Left empty, it stays." : "Messages are not signed now."}
        autoComplete="off"
        maxLength={1000}
        value={removes ? "" : secret}
        onChange={({ currentTarget }) => set(currentTarget.value)}
        disabled={removes}
      />
      {hasSecret && (
        <Checkbox
          label="Sign messages no more"
          checked={removes}
          onChange={({ currentTarget }) => set(currentTarget.checked ? REMOVE_SECRET : "")}
        />
      )}
    </>
  );
}
