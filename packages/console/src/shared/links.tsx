import { Anchor, type AnchorProps, Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, Children, type ComponentPropsWithRef, forwardRef } from "react";
import { closed } from "./strangers.tsx";

type A = AnchorHTMLAttributes<HTMLAnchorElement>;

/** A link to another page, with typed parameters. It looks like the text around it, unless it has a size. Its texts may be of strangers. */
export const Go = createLink(
  forwardRef<HTMLAnchorElement, Omit<AnchorProps, "href"> & Omit<A, keyof AnchorProps>>(
    ({ children, ...props }, ref) => (
      <Anchor ref={ref} inherit={props.size === undefined} {...props}>
        {Children.map(children, (child) => (typeof child === "string" ? closed(child) : child))}
      </Anchor>
    ),
  ),
);

/** The same as a button. */
export const GoButton = createLink(
  forwardRef<HTMLAnchorElement, ButtonProps & Omit<ComponentPropsWithRef<"a">, keyof ButtonProps | "ref">>(
    (props, ref) => <Button component="a" ref={ref} {...props} />,
  ),
);
