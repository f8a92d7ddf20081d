import { Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { Navigate, useNavigate, useParams } from "react-router";
import { useMe } from "@/access/api";
import { PageTitle } from "@/shared/components/PageTitle";
import { ProblemView } from "@/shared/components/ProblemView";
import { useUrlState } from "@/shared/hooks/useUrlState";
import { useSalon, useSalonChoices } from "../salons/api";
import { Editor } from "../salons/components/Editor";
import { Viewer } from "../salons/components/Viewer";

const NEW = "new";
const DEFAULTS = { edit: "", tab: "guests", part: "", page: "1" };
const EDITED = "1";

/** One 沙龙: planned, approved, invited to, held. */
export function Component() {
  const { t } = useTranslation("outreach");
  const { id = "" } = useParams();
  const navigate = useNavigate();
  const me = useMe();
  const [url, setUrl] = useUrlState(DEFAULTS);
  const editing = url.edit === EDITED;
  const choices = useSalonChoices();
  const found = useSalon(Number(id) || 0, !editing);
  const writes = me.data?.rights.includes("salon.write");
  if (id === NEW && me.data && !writes) return <Navigate to="/salons" replace />;
  const salon = id === NEW ? null : found.data;
  const error = choices.error ?? (id === NEW ? null : found.error);
  if (!choices.data || salon === undefined)
    return (
      <>
        <PageTitle question={t("salon.question")} />
        {error ? (
          <ProblemView error={error} onRetry={() => void Promise.all([choices.refetch(), found.refetch()])} />
        ) : (
          <Skeleton active paragraph={{ rows: 10 }} />
        )}
      </>
    );
  if (salon === null || (editing && salon.may_write))
    return (
      <Editor
        key={id}
        salon={salon}
        choices={choices.data}
        onSaved={(saved) =>
          salon === null ? void navigate(`/salons/${saved}`, { replace: true }) : setUrl({ edit: undefined })
        }
        onLeave={() => (salon === null ? void navigate("/salons") : setUrl({ edit: undefined }))}
      />
    );
  return <Viewer salon={salon} asked={url} onAsk={setUrl} onEdit={() => setUrl({ edit: EDITED })} />;
}
