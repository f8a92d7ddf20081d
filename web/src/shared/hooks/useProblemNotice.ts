import { App } from "antd";
import { useTranslation } from "react-i18next";
import { problemText } from "../problem";

/** Say at the bottom of the page why something was refused, and how to go on. */
export function useProblemNotice(): (error: unknown) => void {
  const { t } = useTranslation("shared");
  const { notification } = App.useApp();
  return (error) => {
    const text = problemText(error, t);
    notification.error({ placement: "bottom", title: text.title, description: text.remedy });
  };
}
