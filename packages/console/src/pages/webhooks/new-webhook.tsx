import { Button, Group, MultiSelect, PasswordInput, Select, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { api } from "../../api.ts";
import { useChange } from "../../shared/change.ts";
import { Problem } from "../../shared/loaded.tsx";
import { formats, wishes, wishesOf } from "./wishes.ts";

/** Without a wish the webhook is told of everything. */
export function NewWebhook({ org }: { org: string }) {
  const [name, setName] = useState("");
  const [payloadUrl, setUrl] = useState("");
  const [secret, setSecret] = useState("");
  const [format, setFormat] = useState("raw");
  const [told, setTold] = useState<string[]>(["policies"]);
  const make = useChange(
    () =>
      api.call("POST /api/orgs/{orgName}/hooks", {
        params: { orgName: org },
        body: {
          name,
          displayName: name,
          payloadUrl,
          active: true,
          format,
          ...wishesOf(told),
          ...(secret && { secret }),
        },
      }),
    () => {
      setName("");
      setUrl("");
      setSecret("");
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Group align="flex-end">
          <TextInput label="Name" value={name} onChange={(e) => setName(e.currentTarget.value)} required w={160} />
          <TextInput
            label="URL"
            type="url"
            value={payloadUrl}
            onChange={(e) => setUrl(e.currentTarget.value)}
            required
            w={280}
          />
          <Select
            label="Format"
            data={formats}
            value={format}
            onChange={(value) => setFormat(value ?? "raw")}
            allowDeselect={false}
            w={160}
          />
          <PasswordInput
            label="Secret of the signature"
            value={secret}
            onChange={(e) => setSecret(e.currentTarget.value)}
            autoComplete="off"
            w={200}
          />
          <MultiSelect label="Told of" data={wishes} searchable value={told} onChange={setTold} w={320} maw="100%" />
          <Button type="submit" loading={make.isPending}>
            Make
          </Button>
        </Group>
        {make.error && <Problem error={make.error} />}
      </Stack>
    </form>
  );
}
