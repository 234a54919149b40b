import { useNavigate } from '@tanstack/react-router';
import { Form } from 'antd';
import { type OpenVaultRequest, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { SetupForm } from './SetupForm';
import { StoreFields } from './StoreFields';

/** Opens a vault with no database at hand: to look at it and check it. */
export function VaultForm() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [form] = Form.useForm<OpenVaultRequest>();
  const open = useRun('setup.openVault', () => {
    form.resetFields();
    void navigate({ to: '/backups' });
  });
  return (
    <SetupForm<OpenVaultRequest>
      form={form}
      title={t('setup.vault.title')}
      submit={t('setup.vault.submit')}
      initial={{}}
      pending={open.isPending}
      failure={open.error}
      onFinish={(values) => open.mutate(values)}
      testId="setup-vault-submit"
    >
      <StoreFields newVault={false} />
    </SetupForm>
  );
}
