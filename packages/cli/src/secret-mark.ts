/** How Pulumi marks a secret in a state. It is written here, too, because what else knows it loads all that speaks with an engine. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
