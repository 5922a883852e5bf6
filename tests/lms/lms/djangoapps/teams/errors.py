"""Why somebody could not join a team."""


class TeamAPIRequestError(Exception):
    """Base of the errors about teams."""


class NotEnrolledInCourseForTeam(TeamAPIRequestError):
    """The account is not enrolled in the team's course."""


class AlreadyOnTeamInTeamset(TeamAPIRequestError):
    """The account is already in a team of the same team-set."""


class ImmutableMembershipFieldException(Exception):
    """A membership's account, team and day do not change."""
