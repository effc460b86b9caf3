import { Anchor, type AnchorProps, Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, type ComponentPropsWithRef, forwardRef } from "react";

type A = AnchorHTMLAttributes<HTMLAnchorElement>;

/** A link to another page, with typed parameters. It looks like the text around it, unless it has a size. */
export const Go = createLink(
  forwardRef<HTMLAnchorElement, Omit<AnchorProps, "href"> & Omit<A, keyof AnchorProps>>((props, ref) => (
    <Anchor ref={ref} inherit={props.size === undefined} {...props} />
  )),
);

/** The same as a button. */
export const GoButton = createLink(
  forwardRef<HTMLAnchorElement, ButtonProps & Omit<ComponentPropsWithRef<"a">, keyof ButtonProps | "ref">>(
    (props, ref) => <Button component="a" ref={ref} {...props} />,
  ),
);
