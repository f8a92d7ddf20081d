import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";
import { problemText } from "../problem";

interface Props {
  error: unknown;
  onRetry?: () => void;
}

/** What went wrong, that nothing was lost, and how to go on. */
export function ProblemView({ error, onRetry }: Props) {
  const { t } = useTranslation("shared");
  const text = problemText(error, t);
  return (
    <Alert
      type={text.retry ? "warning" : "error"}
      showIcon
      role="alert"
      title={text.title}
      description={
        <>
          {text.detail && <div>{text.detail}</div>}
          {text.remedy}
        </>
      }
      action={
        onRetry &&
        text.retry && (
          <Button size="small" onClick={onRetry}>
            {t("retry")}
          </Button>
        )
      }
    />
  );
}
