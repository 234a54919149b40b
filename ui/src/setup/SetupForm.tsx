import { getRouteApi } from '@tanstack/react-router';
import { Alert, Button, Form, type FormInstance } from 'antd';
import type { ReactNode } from 'react';
import type { Failure } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';
import { Panel } from '../shared/layout/Panel';
import styles from './setup.module.css';

const route = getRouteApi('/setup');

interface SetupFormProps<T> {
  form: FormInstance<T>;
  title: string;
  submit: string;
  initial: Partial<T>;
  pending: boolean;
  failure: Failure | null;
  onFinish: (values: T) => void;
  children: ReactNode;
  testId: string;
}

/** The frame that both forms of the first run share. */
export function SetupForm<T extends object>(props: SetupFormProps<T>) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const { form, title, submit, initial, pending, failure, onFinish, children, testId } = props;
  return (
    <div className={styles.narrow}>
      <Panel title={title}>
        <Form<T>
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={initial as never}
          onFinish={onFinish}
          autoComplete="off"
        >
          {children}
          {failure && (
            <Alert
              className={styles.failure}
              type="error"
              showIcon
              title={describeFailure(failure).message}
              description={describeFailure(failure).hint}
            />
          )}
          <div className={styles.formFoot}>
            <Button onClick={() => void navigate({ search: {} })}>{t('setup.back')}</Button>
            <Button type="primary" htmlType="submit" loading={pending} data-testid={testId}>
              {submit}
            </Button>
          </div>
        </Form>
      </Panel>
    </div>
  );
}
