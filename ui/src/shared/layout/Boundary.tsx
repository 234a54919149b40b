import { Button } from 'antd';
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { useTranslation } from '../../i18n/use-translation';
import { Empty } from './ScreenState';

interface BoundaryViewProps {
  children: ReactNode;
  failed: (error: Error, again: () => void) => ReactNode;
}

class BoundaryView extends Component<BoundaryViewProps, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error('a screen could not be drawn', error, info.componentStack);
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error ? this.props.failed(error, () => this.setState({ error: null })) : this.props.children;
  }
}

interface BoundaryProps {
  children: ReactNode;
  /** A change of this value starts afresh, for example the address. */
  resetKey: string;
}

/** Keeps an error in one screen from taking the window down. */
export function Boundary({ children, resetKey }: BoundaryProps) {
  const { t } = useTranslation();
  return (
    <BoundaryView
      key={resetKey}
      failed={(error, again) => (
        <Empty
          title={t('common.screenFailed')}
          action={
            <Button type="primary" onClick={again}>
              {t('common.retry')}
            </Button>
          }
        >
          {error.message}
        </Empty>
      )}
    >
      {children}
    </BoundaryView>
  );
}
