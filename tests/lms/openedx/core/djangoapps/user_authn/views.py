"""Signing in for micro-frontends: the web token in two cookies, of which scripts can read the one without the signature."""

from __future__ import annotations

from time import time

import jwt
from common.djangoapps.student.models import anonymous_id_for_user
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

_SECONDS = 60 * 60


@csrf_exempt
@require_POST
def login_refresh(request: HttpRequest) -> JsonResponse:
    """Set the cookies of whoever has a session; 401 for others."""
    if not request.user.is_authenticated:
        return JsonResponse({"success": False}, status=401)
    auth, now = settings.JWT_AUTH, int(time())
    claims = {
        "aud": auth["JWT_AUDIENCE"],
        "exp": now + _SECONDS,
        "iat": now,
        "iss": auth["JWT_ISSUER"],
        "grant_type": "password",
        "preferred_username": request.user.username,
        "name": request.user.get_full_name(),
        "scopes": ["user_id", "email", "profile"],
        "version": auth["JWT_SUPPORTED_VERSION"],
        "sub": anonymous_id_for_user(request.user, None),
        "user_id": request.user.pk,
        "roles": [],
        "filters": [],
        "is_restricted": False,
        "email_verified": request.user.is_active,
        "email": request.user.email,
        "administrator": request.user.is_staff,
        "superuser": request.user.is_superuser,
    }
    key = jwt.PyJWK.from_json(auth["JWT_PRIVATE_SIGNING_JWK"])
    token = jwt.encode(claims, key.key, algorithm=auth["JWT_SIGNING_ALGORITHM"], headers={"kid": key.key_id})
    header_and_payload, _, signature = token.rpartition(".")
    response = JsonResponse({"success": True, "response_epoch_seconds": now})
    response.set_cookie(auth["JWT_AUTH_COOKIE_HEADER_PAYLOAD"], header_and_payload, max_age=_SECONDS)
    response.set_cookie(auth["JWT_AUTH_COOKIE_SIGNATURE"], signature, max_age=_SECONDS, httponly=True)
    return response
