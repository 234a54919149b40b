import { Link } from '@tanstack/react-router';
import { useTranslation } from '../i18n/use-translation';
import { Empty } from '../shared/layout/ScreenState';

/** An address without a screen. */
export function NotFound() {
  const { t } = useTranslation();
  return <Empty title={t('shell.notFound')} action={<Link to="/">{t('shell.toOverview')}</Link>} />;
}
