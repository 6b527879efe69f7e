"""The same site as a Werkzeug application under waitress, and once more as careless applications are written.

Usage: python -m application SITE SECRET ORDINARY PORT CARELESS_PORT
"""

import sys
from threading import Thread

import waitress
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

SITE, SECRET, ORDINARY = sys.argv[1:4]

RULES = [
    Rule("/", endpoint="ordinary"),
    Rule("/public/<path:rest>", endpoint="ordinary"),
    Rule("/admin", endpoint="secret"),
    Rule("/admin/", endpoint="secret"),
    Rule("/admin/<path:rest>", endpoint="secret"),
    Rule("/report", endpoint="secret"),
    Rule("/items", methods=["GET"], endpoint="ordinary"),
    Rule("/items", methods=["POST"], endpoint="secret"),
    Rule("/account", endpoint="account"),
]


def answer(routes, request):
    # A virtual host, as servers find them.
    if request.host.partition(":")[0].rstrip(".").lower() == "vault.example":
        return Response(SECRET)
    try:
        endpoint, _ = routes.bind_to_environ(request.environ).match()
    except HTTPException as refusal:
        return refusal
    admin = endpoint == "account" and request.headers.get("X-User-Roles") == "admin"
    return Response(SECRET if admin or endpoint == "secret" else ORDINARY)


@Request.application
def application(request):
    return answer(careful, request)


@Request.application
def overriding(request):
    return answer(careless, request)


def overridden(environ, start_response):
    """What frameworks offer and applications switch on: headers that take the place of method and path."""
    if environ["REQUEST_METHOD"] == "POST":
        method = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "POST")
        environ["REQUEST_METHOD"] = method.upper()
    environ["PATH_INFO"] = environ.get("HTTP_X_ORIGINAL_URL", environ["PATH_INFO"])
    return overriding(environ, start_response)


careful = Map([rule.empty() for rule in RULES])
careless = Map(
    [
        *(rule.empty() for rule in RULES),
        # The answer's format as a suffix; one path with and without a slash at its end.
        Rule("/report.<suffix>", endpoint="secret"),
        Rule("/ledger", endpoint="secret"),
        Rule("/orders", methods=["DELETE"], endpoint="secret"),
        Rule("/orders", methods=["POST"], endpoint="ordinary"),
    ],
    strict_slashes=False,
)


def serve(handler, port):
    waitress.serve(handler, host="127.0.0.1", port=int(port), threads=8, _quiet=True)


static = SharedDataMiddleware(application, {"/files": f"{SITE}/files"})
Thread(target=serve, args=(overridden, sys.argv[5]), daemon=True).start()
serve(static, sys.argv[4])
