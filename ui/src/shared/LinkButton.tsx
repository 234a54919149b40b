import { createLink } from '@tanstack/react-router';
import { Button, type ButtonProps } from 'antd';

/** `type` is an attribute that links have too, so the button's look goes by another name here. */
function Look({ look, ...props }: Omit<ButtonProps, 'type'> & { look?: ButtonProps['type'] }) {
  return <Button type={look} {...props} />;
}

/** A link of the router that looks like a button. */
export const LinkButton = createLink(Look);
