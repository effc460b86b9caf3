const READABLE = /[^\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * Whether nobody could read anything in a text. That is more than `trim` takes away, such as U+0085: the engine drops an exception
 * whose reason is blank by the rule of Go. https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/resource/analyzer/exceptions.go
 */
export const isBlank = (text: string): boolean => !READABLE.test(text);
