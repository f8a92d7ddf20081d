import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Navigate, useNavigate, useParams } from "react-router";
import { useMe } from "@/access/api";
import { PageTitle } from "@/shared/components/PageTitle";
import { ProblemView } from "@/shared/components/ProblemView";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useChoices, useJourney } from "../journeys/api";
import { Editor } from "../journeys/components/Editor";
import { Viewer } from "../journeys/components/Viewer";
import { mayDraw } from "../journeys/versions";

const NEW = "new";
const DEFAULTS = { version: "", edit: "", tab: "flow", state: "", step: "", page: "1" };
const EDITED = "1";

/** One 旅程: drawn, tried, approved, watched. */
export function Component() {
  const { t } = useTranslation("outreach");
  const { id = "" } = useParams();
  const navigate = useNavigate();
  const me = useMe();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const editing = url.edit === EDITED;
  const choices = useChoices();
  const found = useJourney(Number(id) || 0, Number(url.version) || undefined, !editing);
  const whole = me.data?.rights.includes("template.write") && me.data.role === "HQ_OPS";
  if (id === NEW && me.data && !whole) return <Navigate to="/journeys" replace />;
  const journey = id === NEW ? null : found.data;
  const error = choices.error ?? (id === NEW ? null : found.error);
  if (!choices.data || journey === undefined)
    return (
      <>
        <PageTitle question={t("journey.question")} />
        {error ? (
          <ProblemView error={error} onRetry={() => void Promise.all([choices.refetch(), found.refetch()])} />
        ) : (
          <Skeleton active paragraph={{ rows: 10 }} />
        )}
      </>
    );
  if (journey === null || (editing && mayDraw(journey)))
    return (
      <Editor
        key={id}
        journey={journey}
        choices={choices.data}
        onSaved={(saved) =>
          journey === null
            ? void navigate(`/journeys/${saved.id}?edit=${EDITED}`, { replace: true })
            : setUrl({ version: undefined })
        }
        onLeave={() => (journey === null ? void navigate("/journeys") : setUrl({ edit: undefined }))}
      />
    );
  return (
    <Viewer
      key={id}
      journey={journey}
      choices={choices.data}
      asked={url}
      onAsk={setUrl}
      onShow={(number) => setUrl({ version: number === undefined ? undefined : String(number) })}
      onEdit={() => setUrl({ edit: EDITED, tab: undefined })}
    />
  );
}
