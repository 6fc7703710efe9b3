"""Calls a manager or an extension. Standard input: one JSON array a line, [connection, method, arguments]; a connection
is opened when its name first comes, at the path that is the first argument of the program, or at the one that follows
an '@' in the name. Method 'close' ends it. Standard output: one JSON answer a line."""
import json
import sys

from osquery_thrift import Client, Refused

connections = {}
for line in sys.stdin:
    name, method, arguments = json.loads(line)
    try:
        if name not in connections:
            connections[name] = Client(name.split('@')[1] if '@' in name else sys.argv[1])
        if method == 'close':
            connections.pop(name).close()
            answer = {'answer': None}
        else:
            answer = {'answer': connections[name].call(method, **arguments)}
    except Refused as refused:
        answer = {'refused': str(refused)}
    except Exception as error:  # What a client sees of a connection that ends is what the test asks about.
        connections.pop(name, None)
        answer = {'error': type(error).__name__}
    print(json.dumps(answer), flush=True)
